using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Documents declared operations. Parameters are read by hand, so nothing but their declaration can say what they are.</summary>
internal sealed class GitLabOperationDocumentation : IOpenApiOperationTransformer
{
    public const string PrivateTokenScheme = "PRIVATE-TOKEN";
    public const string BearerScheme = "Bearer";

    private static readonly string[] BodyTypes = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Operation>().FirstOrDefault() is { } declared)
        {
            Describe(operation, declared, context.Document!);
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiOperation operation, Operation declared, OpenApiDocument document)
    {
        operation.OperationId = declared.Id;
        operation.Summary = declared.Summary;
        operation.Description = declared.Description;
        operation.Parameters = [.. TargetParameters(declared)];

        var hasBody = declared.HasBody;
        foreach (var parameter in declared.Parameters.Where(parameter => parameter.InPath || !hasBody))
        {
            operation.Parameters.Add(Describe(parameter));
        }

        var fields = declared.Parameters.Where(parameter => !parameter.InPath && hasBody).ToList();
        operation.RequestBody = fields.Count == 0 ? null : Body(fields, declared.Rules);
        foreach (var (status, description, body) in Refusals(declared))
        {
            operation.Responses![status.ToString(CultureInfo.InvariantCulture)] = Refusal(description, body);
        }

        operation.Security = Security(declared, document);
    }

    private static IEnumerable<IOpenApiParameter> TargetParameters(Operation declared)
    {
        if (declared.Target is not NamespaceKind.None)
        {
            var word = declared.Target is NamespaceKind.Group ? "group" : "project";
            yield return new OpenApiParameter
            {
                Name = Operation.TargetParameter,
                In = ParameterLocation.Path,
                Required = true,
                Description = $"Id of the {word}, or its full path with every / as %2F.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }
    }

    private static OpenApiParameter Describe(Parameter parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.InPath ? ParameterLocation.Path : ParameterLocation.Query,
        Required = parameter.Required,
        Description = parameter.Description,
        Schema = Schema(parameter),
    };

    private static OpenApiRequestBody Body(List<Parameter> fields, IReadOnlyList<ParameterRule> rules)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(field => field.Name, field => (IOpenApiSchema)Schema(field)),
            Required = fields.Where(field => field.Required).Select(field => field.Name).ToHashSet(),
        };
        return new OpenApiRequestBody
        {
            Required = rules.Count > 0 || fields.Exists(field => field.Required),
            Content = BodyTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema }),
        };
    }

    private static OpenApiSchema Schema(Parameter parameter)
    {
        var shape = parameter.Shape;
        var choices = shape.Choices?.Select(choice => (JsonNode)choice).ToList();
        var isList = shape.Type == "array";
        return new OpenApiSchema
        {
            Type = Type(shape.Type),
            Format = shape.Format,
            Description = parameter.Description,
            Enum = isList ? null : choices,
            Items = isList ? new OpenApiSchema { Type = JsonSchemaType.String, Enum = choices } : null,
            Default = parameter.FallbackValue switch
            {
                bool flag => flag,
                long number => number,
                string text => text,
                _ => null,
            },
        };
    }

    private static JsonSchemaType Type(string name) => name switch
    {
        "integer" => JsonSchemaType.Integer,
        "boolean" => JsonSchemaType.Boolean,
        "array" => JsonSchemaType.Array,
        _ => JsonSchemaType.String,
    };

    private static IEnumerable<(int Status, string Description, string Body)> Refusals(Operation declared)
    {
        yield return (StatusCodes.Status400BadRequest, "A parameter is missing or refused; the text names it.", "error");
        yield return (StatusCodes.Status401Unauthorized, "No operator token where one is needed, or a wrong one.", "message");
        yield return (StatusCodes.Status403Forbidden, "The operator may not do this.", "message");
        yield return (StatusCodes.Status503ServiceUnavailable, "The authority cannot answer now. The request may be repeated.", "message");
        if (declared.Path.Contains('{', StringComparison.Ordinal))
        {
            yield return (StatusCodes.Status404NotFound, "It does not exist, or not for the caller.", "message");
        }

        if (declared.Target is not NamespaceKind.None)
        {
            yield return declared.Method == HttpMethod.Get
                ? (StatusCodes.Status302Found, "The path is an old one; Location has the id instead.", "")
                : (StatusCodes.Status405MethodNotAllowed, "The path is an old one; use the new path, or the id.", "message");
        }
    }

    private static OpenApiResponse Refusal(string description, string property)
    {
        var response = new OpenApiResponse { Description = description };
        if (property.Length > 0)
        {
            var text = new OpenApiSchema { Type = JsonSchemaType.String };
            var schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { [property] = text },
            };
            response.Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } };
        }

        return response;
    }

    private static List<OpenApiSecurityRequirement> Security(Operation declared, OpenApiDocument document)
    {
        List<OpenApiSecurityRequirement> ways =
        [
            new() { [new OpenApiSecuritySchemeReference(PrivateTokenScheme, document)] = [] },
            new() { [new OpenApiSecuritySchemeReference(BearerScheme, document)] = [] },
        ];
        if (declared is { Caller: Caller.Anyone, Access: TargetAccess.Read })
        {
            ways.Add([]);
        }

        return ways;
    }
}

using Microsoft.OpenApi;
using OrleansTokens.Silo.Http.GitLabApi;
using Scalar.AspNetCore;

namespace OrleansTokens.Silo.Http.ApiReference;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, and a page to try the API at <c>/scalar</c>. Both are served whole from this
/// process: an installation need not reach the internet, and what is typed into the page goes nowhere else.</summary>
internal static class ApiReferenceExtensions
{
    private const string DocumentName = "v1";

    /// <summary>The page may load from, and talk to, this process only. Its own script needs inline styles and workers.</summary>
    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Adds what describes the API.</summary>
    public static IServiceCollection AddApiReference(this IServiceCollection services) =>
        services.AddOpenApi(DocumentName, static options =>
        {
            // What is not declared cannot be described: registries and proxies find their own surfaces in the documentation.
            options.ShouldInclude = static description => description.ActionDescriptor.EndpointMetadata.OfType<Operation>().Any();
            options.AddOperationTransformer<GitLabOperationDocumentation>();
            options.AddSchemaTransformer(static (schema, _, _) =>
            {
                WriteNumbersAsNumbers(schema);
                return Task.CompletedTask;
            });
            options.AddDocumentTransformer(static (document, context, _) =>
            {
                Describe(document);
                if (context.ApplicationServices.GetRequiredService<PublicAddress>().Configured is { } address)
                {
                    document.Servers = [new OpenApiServer { Url = address }];
                }

                return Task.CompletedTask;
            });
        });

    /// <summary>Routes the document and the page.</summary>
    public static IEndpointRouteBuilder MapApiReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapScalarApiReference(static options => options
            .WithTitle("OrleansTokens API")
            .AddDocument(DocumentName)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton()
            .AddPreferredSecuritySchemes(GitLabOperationDocumentation.PrivateTokenScheme))
            .AddEndpointFilter(static (context, next) =>
            {
                var headers = context.HttpContext.Response.Headers;
                headers.ContentSecurityPolicy = PagePolicy;
                headers.XContentTypeOptions = "nosniff";
                return next(context);
            });
        return routes;
    }

    /// <summary>By default numbers are described as "number or text", as they may be read. Here they are only written.</summary>
    private static void WriteNumbersAsNumbers(OpenApiSchema schema)
    {
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.Integer))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info.Title = "OrleansTokens";
        document.Info.Description = "Groups, projects, and deploy tokens, in the shape of GitLab's API. Every operator token works as "
            + "PRIVATE-TOKEN or as Bearer.";

        // A list answers HEAD as it answers GET; to say so for each would only double the document.
        foreach (var path in document.Paths.Values)
        {
            path.Operations?.Remove(HttpMethod.Head);
        }

        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[GitLabOperationDocumentation.PrivateTokenScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "PRIVATE-TOKEN",
            Description = "An operator token.",
        };
        document.Components.SecuritySchemes[GitLabOperationDocumentation.BearerScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An operator token.",
        };
    }
}

namespace OrleansTokens;

/// <summary>
/// The wire name of every serialized type and grain interface. A name, once released, is never changed or reused:
/// silos of two versions run side by side during an upgrade.
/// </summary>
internal static class WireAliases
{
    public const string AddMember = "ot.AddMember";
    public const string ArgumentFault = "ot.ArgumentFault";
    public const string AuditPage = "ot.AuditPage";
    public const string AuditRecord = "ot.AuditRecord";
    public const string ChangeFeatures = "ot.ChangeFeatures";
    public const string ChangeMember = "ot.ChangeMember";
    public const string ChangeNamespace = "ot.ChangeNamespace";
    public const string ChangeOperator = "ot.ChangeOperator";
    public const string CreateNamespace = "ot.CreateNamespace";
    public const string CreateOperator = "ot.CreateOperator";
    public const string Credential = "ot.Credential";
    public const string Decision = "ot.Decision";
    public const string DecisionFact = "ot.DecisionFact";
    public const string DeployTokenPage = "ot.DeployTokenPage";
    public const string DeployTokenVariables = "ot.DeployTokenVariables";
    public const string DeployTokenView = "ot.DeployTokenView";
    public const string ExplainRequest = "ot.ExplainRequest";
    public const string Explanation = "ot.Explanation";
    public const string GatewayKeys = "ot.GatewayKeys";
    public const string GroupId = "ot.GroupId";
    public const string IAuditGrain = "ot.IAuditGrain";
    public const string IDeployTokenAdministrationGrain = "ot.IDeployTokenAdministrationGrain";
    public const string IDeployTokenDirectoryGrain = "ot.IDeployTokenDirectoryGrain";
    public const string IDeployTokenGrain = "ot.IDeployTokenGrain";
    public const string IGroupGrain = "ot.IGroupGrain";
    public const string IInstallationGrain = "ot.IInstallationGrain";
    public const string INamespaceDirectoryGrain = "ot.INamespaceDirectoryGrain";
    public const string INamespaceGrain = "ot.INamespaceGrain";
    public const string IOperatorDirectoryGrain = "ot.IOperatorDirectoryGrain";
    public const string IOperatorGrain = "ot.IOperatorGrain";
    public const string IPathEntryGrain = "ot.IPathEntryGrain";
    public const string IProjectGrain = "ot.IProjectGrain";
    public const string IRegistryTokenGrain = "ot.IRegistryTokenGrain";
    public const string ISigningKeyGrain = "ot.ISigningKeyGrain";
    public const string IssueDeployToken = "ot.IssueDeployToken";
    public const string IssueOperatorToken = "ot.IssueOperatorToken";
    public const string IssuedDeployToken = "ot.IssuedDeployToken";
    public const string IssuedOperatorToken = "ot.IssuedOperatorToken";
    public const string Lineage = "ot.Lineage";
    public const string LineageNode = "ot.LineageNode";
    public const string ListDeployTokens = "ot.ListDeployTokens";
    public const string ListNamespaces = "ot.ListNamespaces";
    public const string ListOperatorTokens = "ot.ListOperatorTokens";
    public const string ListOperators = "ot.ListOperators";
    public const string ListReader = "ot.ListReader";
    public const string LocatedProject = "ot.LocatedProject";
    public const string MemberView = "ot.MemberView";
    public const string NamespaceId = "ot.NamespaceId";
    public const string NamespacePage = "ot.NamespacePage";
    public const string NamespacePath = "ot.NamespacePath";
    public const string NamespaceView = "ot.NamespaceView";
    public const string OperatorAuthentication = "ot.OperatorAuthentication";
    public const string OperatorId = "ot.OperatorId";
    public const string OperatorPage = "ot.OperatorPage";
    public const string OperatorPrincipal = "ot.OperatorPrincipal";
    public const string OperatorTokenId = "ot.OperatorTokenId";
    public const string OperatorTokenPage = "ot.OperatorTokenPage";
    public const string OperatorTokenView = "ot.OperatorTokenView";
    public const string OperatorView = "ot.OperatorView";
    public const string PathEntry = "ot.PathEntry";
    public const string Principal = "ot.Principal";
    public const string ProjectFeatures = "ot.ProjectFeatures";
    public const string ProjectId = "ot.ProjectId";
    public const string PublishedKey = "ot.PublishedKey";
    public const string Question = "ot.Question";
    public const string RegistryTokenAnswer = "ot.RegistryTokenAnswer";
    public const string RegistryTokenRequest = "ot.RegistryTokenRequest";
    public const string RepositoryScope = "ot.RepositoryScope";
    public const string ResolvedPath = "ot.ResolvedPath";
    public const string Resource = "ot.Resource";
    public const string Revocation = "ot.Revocation";
    public const string RevocationReceipt = "ot.RevocationReceipt";
    public const string Secret = "ot.Secret";
    public const string Slug = "ot.Slug";
    public const string TokenAuthorityException = "ot.TokenAuthorityException";
    public const string TokenId = "ot.TokenId";
    public const string ValidationAnswer = "ot.ValidationAnswer";
    public const string ValidationRequest = "ot.ValidationRequest";
}

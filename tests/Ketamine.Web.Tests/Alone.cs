namespace Ketamine.Web.Tests;

/// <summary>
/// For a test that measures the whole process and would be disturbed by other tests: <c>[Collection(Alone.Collection)]</c> runs it while no other runs.
/// </summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class Alone
{
    public const string Collection = "Alone";
}

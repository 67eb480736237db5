namespace Ketamine.Web.Tests;

/// <summary>The test classes themselves.</summary>
public sealed class TestClassesTests
{
    /// <summary>
    /// xUnit 2 never disposes a class or fixture that is only <see cref="IAsyncDisposable"/>. Its site would run, with its timers and watchers, until the last
    /// test ends, and slow down every other.
    /// </summary>
    [Fact]
    public void every_test_class_and_fixture_is_disposed()
    {
        var types = typeof(TestClassesTests).Assembly.GetTypes();
        var classes = types.Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true))).ToList();
        Type[] shared = [typeof(IClassFixture<>), typeof(ICollectionFixture<>)];
        var fixtures = types
            .SelectMany(type => type.GetInterfaces())
            .Where(type => type.IsGenericType && shared.Contains(type.GetGenericTypeDefinition()))
            .Select(type => type.GetGenericArguments()[0])
            .ToList();
        classes.Count.ShouldBeGreaterThan(100);
        fixtures.ShouldNotBeEmpty();

        classes
            .Concat(fixtures)
            .Where(type => type.IsAssignableTo(typeof(IAsyncDisposable)))
            .Where(type => !type.IsAssignableTo(typeof(IDisposable)) && !type.IsAssignableTo(typeof(IAsyncLifetime)))
            .Select(type => type.FullName)
            .ShouldBeEmpty("implement IDisposable or IAsyncLifetime");
    }
}

using FsCheck;
using Xunit.Sdk;

namespace Ketamine.Tests;

/// <summary>Tests with random inputs. All inputs of a run follow from one seed, so a failure can be repeated.</summary>
internal static class Fuzz
{
    /// <summary>The environment variable with the seed, a whole number. <c>./test</c> sets it, so failed tests run again with the same inputs.</summary>
    public const string Variable = "TEST_SEED";

    private static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable(Variable), out var given) ? given : (ulong)Random.Shared.NextInt64();

    /// <summary>Holds <paramref name="property"/> against that many inputs, and says which seed they follow from if one fails.</summary>
    public static void Holds(int runs, Property property)
    {
        try
        {
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs).WithReplay(new Replay(new Rnd(Seed), size: null)), property);
        }
        catch (Exception failed)
        {
            throw new XunitException($"{failed.Message}\nTo run it again with the same inputs: {Variable}={Seed}", failed);
        }
    }
}

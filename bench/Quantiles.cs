namespace Ketamine.Web.Bench;

/// <summary>Quantiles of what was measured.</summary>
internal static class Quantiles
{
    /// <param name="share">0.5 for the median, 1 for the largest.</param>
    /// <returns>0 if nothing was measured.</returns>
    public static double At(this IEnumerable<double> values, double share) =>
        values.Order().ToList() is { Count: > 0 } sorted ? sorted[(int)(share * (sorted.Count - 1))] : 0;
}

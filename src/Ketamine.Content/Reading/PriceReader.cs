namespace Ketamine.Content.Reading;

/// <summary>Reads the <c>prices</c>, <c>insurance</c>, and <c>payment</c> sections of clinic.yml.</summary>
internal static class PriceReader
{
    /// <summary>In the file's order.</summary>
    /// <param name="dated">Called with each entry and its name for messages, to read its expiration date; null if that is read elsewhere.</param>
    public static ImmutableArray<Price> Prices(MapReader clinic, Action<MapReader, string>? dated = null)
    {
        var all = ImmutableArray.CreateBuilder<Price>();
        foreach (var map in clinic.Maps("prices", "key: infusion"))
        {
            var price = Price(map, dated);
            if (price.Key.Length > 0 && all.Any(other => other.Key == price.Key)) map.Wrong("key", $"{price.Key} is used twice", "each key only once");
            else all.Add(price);
        }

        return all.ToImmutable();
    }

    /// <summary>In the file's order.</summary>
    public static ImmutableArray<InsurancePlan> Plans(MapReader clinic) => [.. clinic.Maps("insurance", "name: Anthem").Select(map =>
    {
        if (!map.Has("network")) map.Missing("network", "in, out, or none");
        var network = map.OneOf("network", "in", "out", "none") switch { "in" => PlanNetwork.In, "none" => PlanNetwork.None, _ => PlanNetwork.Out };
        var plan = new InsurancePlan(map.Required("name", 100), [.. map.Texts("also").Select(name => name.Text)], network, map.Text("note", 300));
        map.Close();
        return plan;
    })];

    /// <summary>Null if clinic.yml has no such section.</summary>
    public static PaymentOptions? Payment(MapReader clinic, Diagnostics notes, ReadContext scope)
    {
        if (clinic.Map("payment") is not { } map) return null;
        var ways = new PaymentOptions(
            scope.Prose(map, "plans", notes, "payment-plans-"),
            scope.Prose(map, "hsaFsa", notes, "hsa-fsa-"),
            scope.Prose(map, "superbill", notes, "superbill-"));
        map.Close();
        return ways;
    }

    private static Price Price(MapReader map, Action<MapReader, string>? dated)
    {
        const double highest = 1_000_000;
        if (!map.Has("amount")) map.Missing("amount", "450");
        var price = new Price
        {
            Key = map.RequiredValue<Slug>("key", Slug.TryParse, "lowercase words joined by hyphens, e.g. infusion", WrittenSlug.Suggest).ToString(),
            Name = map.Required("name", 100),
            Amount = (decimal)(map.Dollars("amount", highest) ?? 0),
            Per = map.Text("per", 100),
            Most = (decimal?)map.Dollars("most", highest),
            MostPer = map.Text("mostPer", 100),
            Includes = map.Text("includes", 300),
            Extra = map.Text("extra", 300),
        };
        dated?.Invoke(map, $"the price {Diagnostics.Quote(price.Name)}");
        if (price.Most < price.Amount) map.Wrong("most", $"{price.Most} is less than the amount", $"most: {price.Amount}, or more");
        if (map.Has("mostPer") && !map.Has("most")) map.Wrong("mostPer", "it needs most, the upper end of the price", "most: 800, or remove mostPer");
        map.Close();
        return price;
    }
}

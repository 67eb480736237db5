namespace Ketamine.Content.Model;

/// <summary>
/// One of the clinic's prices, an entry of <c>prices</c> in clinic.yml: what a patient pays without insurance. Services, the page about cost,
/// structured data, and <c>{{price key}}</c> in texts all show this value.
/// </summary>
public sealed record Price
{
    /// <summary>Its name in services and texts; unique.</summary>
    public required string Key { get; init; }

    /// <summary>As shown: Ketamine infusion.</summary>
    public required string Name { get; init; }

    /// <summary>US dollars; 0 is free.</summary>
    public required decimal Amount { get; init; }

    /// <summary>What the amount is for: "an infusion", "an hour"; null if the name says it.</summary>
    public string? Per { get; init; }

    /// <summary>The maximum in US dollars, for example with a price per hour; null if there is none.</summary>
    public decimal? Most { get; init; }

    /// <summary>What <see cref="Most"/> is for: "a visit".</summary>
    public string? MostPer { get; init; }

    /// <summary>A sentence on what it includes.</summary>
    public string? Includes { get; init; }

    /// <summary>A sentence on what is billed separately.</summary>
    public string? Extra { get; init; }

    /// <summary>"$450 an infusion", for lists.</summary>
    public string Short => Per is null ? Dollars(Amount) : $"{Dollars(Amount)} {Per}";

    /// <summary>"$2,050", or "$49.50".</summary>
    public static string Dollars(decimal amount) => "$" + amount.ToString(amount % 1 == 0 ? "#,0" : "#,0.00", CultureInfo.InvariantCulture);
}

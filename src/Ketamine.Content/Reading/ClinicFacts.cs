namespace Ketamine.Content.Reading;

/// <summary>
/// What texts can insert from clinic.yml, so a price or a phone number is written once: <c>{{price infusion}}</c>,
/// <c>{{price 4 infusion + evaluation}}</c>, <c>{{price pain.most}}</c>, <c>{{phone}}</c>, <c>{{email}}</c>, <c>{{street}}</c>, <c>{{address}}</c>.
/// </summary>
/// <param name="Broken">The keys whose values have errors, which are reported there and not again in every text.</param>
public sealed partial record ClinicFacts(
    ImmutableArray<Price> Prices, PhoneNumber? Phone, EmailAddress? Email, PostalAddress? Address, ImmutableHashSet<string> Broken)
{
    private static readonly string[] Words = ["price", "phone", "email", "street", "address"];

    // Marks that are expanded elsewhere: safety.yml's, and until.
    private static readonly string[] ExpandedElsewhere = ["safety", "until"];

    public static ClinicFacts None { get; } = new([], null, null, null, []);

    /// <summary>Changes whenever any of it changes; texts read with a different value must be read again.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{string.Join('\n', Prices)}\n{Phone}\n{Email}\n{Address}\n{string.Join('\n', Broken.Order(StringComparer.Ordinal))}")))[..16];

    /// <summary>Reads clinic.yml's values without reporting errors; the full read of the file does that.</summary>
    public static ClinicFacts Read(string? clinic)
    {
        var notes = new Diagnostics("clinic.yml");
        // A missing or unreadable file is reported itself.
        if (clinic is null || Yaml.Read(clinic, notes) is not YamlMap map) return None with { Broken = ["prices", "phone", "email", "address"] };
        var facts = ClinicFile.Facts(MapReader.Root(map, notes));
        var broken = notes.Problems.Where(problem => problem.Severity is DiagnosticSeverity.Error).Select(problem => problem.Key.Split('.', '[')[0]);
        return facts with { Broken = [.. broken] };
    }

    /// <summary>Markdown with its marks expanded. Line numbers stay the same.</summary>
    /// <param name="error">Takes the 0-based line in the piece, what was found, and what was expected.</param>
    public string Fill(string markdown, Action<int, string, string> error)
    {
        if (!markdown.Contains("{{", StringComparison.Ordinal)) return markdown;
        return string.Join('\n', markdown.Split('\n').Select((line, number) => !line.Contains("{{", StringComparison.Ordinal) ? line
            : Mark().Replace(line, mark => Expanded(mark, (found, wanted) => error(number, found, wanted)) ?? mark.Value)));
    }

    private string? Expanded(Match mark, Action<string, string> error)
    {
        var word = mark.Groups["word"].Value;
        var expanded = word switch
        {
            "price" => Sum(mark.Value, mark.Groups["rest"].Value.Trim(), error),
            "phone" => Phone is null ? null : $"[{Phone.National}]({Phone.Href})",
            "email" => Email is null ? null : $"[{Email}](mailto:{Email})",
            "street" => Address?.Street,
            "address" => Address is null
                ? null
                : string.Join(", ", new[] { Address.Street, Address.City, Address.Region }.Where(part => !string.IsNullOrEmpty(part))),
            _ => null,
        };
        if (expanded is not null || ExpandedElsewhere.Contains(word) || word == "price") return expanded;
        var key = word == "street" ? "address" : word;
        if (Broken.Contains(key)) return null;
        if (Words.Contains(word)) error($"{Diagnostics.Quote(mark.Value)}, but clinic.yml has no {key}", $"{key}: … in clinic.yml");
        else
            error(
                $"{Diagnostics.Quote(mark.Value)} isn't one of the site's marks",
                NearestName.To(word, Words) is { } near ? $"{{{{{near}{mark.Groups["rest"].Value}}}}}"
                    : $"one of {string.Join(", ", Words.Concat(ExpandedElsewhere))} after {{{{");
        return null;
    }

    private string? Sum(string mark, string rest, Action<string, string> error)
    {
        var sum = 0m;
        foreach (var part in rest.Split('+'))
        {
            var term = Term().Match(part.Trim());
            var key = term.Groups["key"].Value;
            var price = Prices.FirstOrDefault(price => price.Key == key);
            var each = term.Groups["most"].Success ? price?.Most : price?.Amount;
            if (each is null && Broken.Contains("prices")) return null;
            if (each is null)
            {
                var keys = Prices.SelectMany(known => known.Most is null ? [known.Key] : new[] { known.Key, known.Key + ".most" }).ToList();
                error(
                    Diagnostics.Quote(mark) + (key.Length == 0 ? " names no price" : $": clinic.yml has no price {Diagnostics.Quote(key)}"),
                    "keys of prices in clinic.yml, as in {{price 4 infusion + evaluation}}: "
                        + $"{(keys.Count == 0 ? "there are none yet" : string.Join(", ", keys))}");
                return null;
            }

            sum += (term.Groups["times"] is { Success: true } times ? int.Parse(times.Value, CultureInfo.InvariantCulture) : 1) * each.Value;
        }

        return Price.Dollars(sum);
    }

    [GeneratedRegex(@"\{\{\s*(?<word>[A-Za-z]+)(?<rest>[^{}]*)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^((?<times>[0-9]{1,3})\s+)?(?<key>[a-z0-9-]+)(?<most>\.most)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Term();
}

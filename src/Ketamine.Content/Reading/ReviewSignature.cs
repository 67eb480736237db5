namespace Ketamine.Content.Reading;

/// <summary>
/// Ties a medical review to the exact words reviewed, to the reviewer, and to the clinic that publishes them. It doesn't prove identity (anyone who
/// can change the folder can sign it). It keeps the site from showing a review date above text that has changed since, and a copied folder from
/// showing a review that never happened at that clinic.
/// </summary>
public static class ReviewSignature
{
    /// <summary>
    /// 24 hexadecimal digits of SHA-256 over the signer (key, name, role, and credentials), the clinic (name and address), the date, the acknowledged
    /// sentences, and the title, summary, and body. These include citations and expanded safety lines, but not prices and other values from clinic.yml.
    /// Runs of white space count as one space.
    /// </summary>
    public static string Of(ContentDocument text, string reviewer, LocalDate date, IEnumerable<string> acknowledged, ReviewParties parties)
    {
        var signed = string.Join(
            '\n',
            [
                reviewer,
                Normalize(parties.Reviewers.GetValueOrDefault(reviewer, "")),
                Normalize(parties.Clinic),
                date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
                .. acknowledged.Select(Normalize).Order(StringComparer.Ordinal),
                Normalize(text.Title),
                Normalize(text.Summary),
                Normalize(text.Body?.Signed ?? text.Body?.Markdown ?? ""),
            ]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signed)))[..24];
    }

    /// <summary>Whether two sentences differ only in white space.</summary>
    public static bool Same(string a, string b) => Normalize(a) == Normalize(b);

    /// <summary>The words, with normalized white space.</summary>
    public static string Normalize(string text) =>
        string.Join(' ', TypedText.Normalized(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>The people and clinic that a review is bound to. Read before the texts, because their checks depend on whether they are signed.</summary>
/// <param name="Clinic">The name and address from clinic.yml.</param>
/// <param name="Reviewers">Name, role, and credentials, by key of people.yml.</param>
public sealed record ReviewParties(string Clinic, FrozenDictionary<string, string> Reviewers)
{
    public static ReviewParties None { get; } = new("", FrozenDictionary<string, string>.Empty);

    /// <summary>Changes whenever any of it changes; texts read with a different value must be read again.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        Clinic + "\0" + string.Join('\0', Reviewers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "\n" + pair.Value)))))[..16];

    /// <summary>Reads the two files' values without reporting errors; the full read of the files does that.</summary>
    public static ReviewParties Read(string? clinic, string? people)
    {
        var words = Keys(clinic, "clinic.yml").ToDictionary(entry => entry.Key, entry => (entry.Value as YamlText)?.Text ?? "", StringComparer.Ordinal);
        return new ReviewParties(
            $"{words.GetValueOrDefault("name")}\n{words.GetValueOrDefault("url")?.TrimEnd('/')}",
            Keys(people, "people.yml").DistinctBy(entry => entry.Key).ToFrozenDictionary(entry => entry.Key, Person, StringComparer.Ordinal));

        static ImmutableArray<YamlEntry> Keys(string? source, string file) =>
            source is not null && Yaml.Read(source, new Diagnostics(file)) is YamlMap map ? map.Entries : [];

        static string Person(YamlEntry entry)
        {
            var values = entry.Value is YamlMap map
                ? map.Entries.ToLookup(value => value.Key, value => (value.Value as YamlText)?.Text, StringComparer.Ordinal)
                : null;
            return string.Join('\n', new[] { "name", "role", "credentials" }.Select(key => values?[key].FirstOrDefault() ?? ""));
        }
    }
}

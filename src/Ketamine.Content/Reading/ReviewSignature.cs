using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Ketamine.Content.Reading;

/// <summary>
/// Binds a medical review to the very words that were reviewed, to who reviewed them, and to the clinic that publishes them. It proves no identity
/// (whoever may change the folder may sign it); it keeps a name and a date from showing above a text that has changed since, and a copied folder
/// from showing a review that never happened under another name.
/// </summary>
public static class ReviewSignature
{
    /// <summary>
    /// 24 hexadecimal digits of SHA-256 over who signed (key, name, role and credentials), for which clinic (name and address), when, which sentences
    /// were acknowledged, and title, summary and body, citations and safety lines' words included, prices and other figures of clinic.yml not. White space
    /// counts only as such.
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
            ]
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signed)))[..24];
    }

    /// <summary>Whether two sentences differ in white space alone.</summary>
    public static bool Same(string a, string b) => Normalize(a) == Normalize(b);

    /// <summary>The words, whatever the white space between them.</summary>
    public static string Normalize(string text) =>
        string.Join(' ', text.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Whom a review is bound to beside its words. Read ahead of the texts, because whether one is signed decides what is said of it.</summary>
/// <param name="Clinic">Name and address of clinic.yml.</param>
/// <param name="Reviewers">By key of people.yml: name, role and credentials.</param>
public sealed record ReviewParties(string Clinic, FrozenDictionary<string, string> Reviewers)
{
    public static ReviewParties None { get; } = new("", FrozenDictionary<string, string>.Empty);

    /// <summary>Changes with any of it; texts read under another one have to be read again.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        Clinic + "\0" + string.Join('\0', Reviewers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "\n" + pair.Value)))))[..16];

    /// <summary>What the two files say. Their mistakes are told where they are read in full.</summary>
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

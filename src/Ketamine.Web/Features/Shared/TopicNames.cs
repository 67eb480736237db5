namespace Ketamine.Web.Features.Shared;

/// <summary>The display names of topics, which are keys in the folder.</summary>
public static class TopicNames
{
    // Common topics whose names differ from their keys.
    internal static readonly FrozenDictionary<string, string> Known = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["suicidality"] = "Suicidal thoughts",
        ["ptsd"] = "PTSD",
        ["mechanism-nmda"] = "How it acts: the NMDA receptor",
        ["mechanism-glutamate"] = "How it acts: glutamate",
        ["mechanism-bdnf"] = "How it acts: BDNF",
        ["mechanism-plasticity"] = "How it acts: growing connections",
        ["at-home"] = "At-home programs",
        ["bdnf"] = "BDNF",
        ["nmda"] = "NMDA receptor",
        ["nmda-receptor"] = "NMDA receptor",
        ["depression"] = "Depression",
        ["anxiety"] = "Anxiety",
        ["chronic-pain"] = "Chronic pain",
        ["pain"] = "Pain",
        ["default-mode-network"] = "Default mode network",
        ["esketamine"] = "Esketamine",
        ["safety"] = "Safety",
        ["regulation"] = "Approval and rules",
        ["psychotherapy"] = "Psychotherapy",
        ["brain"] = "The brain",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The known name in the site's language, or the key's words, capitalized.</summary>
    public static string Of(string topic, IStringLocalizer<SiteStrings> words)
    {
        if (Known.TryGetValue(topic, out var name)) return words[name];
        var spaced = topic.Replace('-', ' ');
        return string.Concat(char.ToUpper(spaced[0], CultureInfo.CurrentCulture).ToString(), spaced.AsSpan(1));
    }
}

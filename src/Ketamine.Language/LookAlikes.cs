namespace Ketamine.Language;

/// <summary>Letters of other alphabets that look like Latin ones, after the confusables of Unicode Technical Standard 39.</summary>
public static class LookAlikes
{
    /// <summary>Pairs, in lowercase: a character, and the Latin letter that it looks like.</summary>
    internal const string Pairs = "аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsԁdɡgһhνvαaεeιiκkοoρpτtυuχxηnɩiøołlđdıi";

    // Looser matches, and small capitals.
    private const string More = "гrпnӏlԛqԝwѵvոnօoսuցgհhɑaᴀaʙbᴄcᴅdᴇeɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz";

    /// <summary>The Latin letter that <paramref name="letter"/> looks like, in the same case; the letter itself if there is none.</summary>
    public static char ToLatin(char letter)
    {
        if (char.IsAscii(letter)) return letter;
        if (letter is >= '\uFF21' and <= '\uFF5A') return (char)(letter - 0xFEE0); // full width
        var lower = char.ToLowerInvariant(letter);
        if ((Find(Pairs, lower) ?? Find(More, lower)) is not { } latin) return letter;
        return lower == letter ? latin : char.ToUpperInvariant(latin);
    }

    private static char? Find(string pairs, char letter) =>
        pairs.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at && at % 2 == 0 ? pairs[at + 1] : null;
}

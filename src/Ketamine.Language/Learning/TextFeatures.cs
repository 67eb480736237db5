namespace Ketamine.Language.Learning;

/// <summary>What is counted in a text. The words themselves always are.</summary>
[Flags]
public enum FeatureKinds
{
    None = 0,

    /// <summary>Two adjacent words.</summary>
    Pairs = 1,

    /// <summary>Three adjacent words.</summary>
    Triples = 2,

    /// <summary>Two words with one or two others between them.</summary>
    Skips = 4,

    /// <summary>The words that follow a negation, counted apart from the same words without one.</summary>
    Negated = 8,

    /// <summary>Runs of four to six characters, across words: they find misspelled and inflected words.</summary>
    Characters = 16,

    /// <summary>The number of words, in steps.</summary>
    Length = 32,

    /// <summary>The last word.</summary>
    Ending = 64,

    /// <summary>Punctuation and ends of sentences as words.</summary>
    Sentences = 128,

    /// <summary>Classes of words, such as family or time: alone, with their neighbors, and which of them are in a sentence or text together.</summary>
    Classes = 256,

    /// <summary>The words of the first sentence, of the last one, and of questions; how a sentence begins; and short sentences as a whole.</summary>
    Places = 512,

    /// <summary>Each word and class together with the text's length in four steps: the same word tells less in a long letter than in one line.</summary>
    Sizes = 1024,
}

/// <summary>
/// Reads a text into features, each a 32-bit hash with the range of words it comes from. Accents, apostrophes, capitals, invisible characters and
/// letters repeated more than twice make no difference, and all numbers count as the same word. Work is linear in the length of the text. The tables
/// are this class's, not the platform's, so the features are the same everywhere.
/// </summary>
public sealed class TextFeatures
{
    // How many words a negation applies to.
    private const int NegationReach = 4;

    // A sentence of up to this many words is counted as a whole, too.
    private const int ShortSentence = 6;

    private const int FewestCharacters = 4;
    private const int MostCharacters = 6;

    private const string Accented =
        "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ"
        + "āăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŏōőŕŗřśŝşšţťŧũūŭůűųŵŷźżž";

    private const string Unaccented = "aaaaaaceeeeiiiinoooooouuuuyyaaaccccddeeeeegggghhiiiiijklllllnnnooorrrsssstttuuuuuuwyzzz";

    private static readonly HashSet<string> Negations = new(
        ("not no never none nothing nobody neither nor without dont doesnt didnt isnt arent wasnt werent cant cannot couldnt wont wouldnt shouldnt havent "
            + "hasnt hadnt aint mustnt neednt nunca jamas sin tampoco ni nada").Split(' '), StringComparer.Ordinal);

    // Its memory is used again: a large folder has a million sentences.
    [ThreadStatic]
    private static HashSet<uint>? _seen;

    private readonly List<Word> _words = [];
    private readonly List<(uint Key, int First, int Last)> _features = [];

    private TextFeatures()
    {
    }

    /// <summary>The number of features, each counted once.</summary>
    public int Count => _features.Count;

    /// <summary>The words, in order. The hash of a mark such as % or ? is its character.</summary>
    internal IReadOnlyList<Word> Words => _words;

    /// <summary>Each feature once, in a fixed order; First and Last are indexes of words, and Last is below First for a feature of the whole text.</summary>
    internal List<(uint Key, int First, int Last)> Features => _features;

    internal static TextFeatures Of(ReadOnlySpan<char> text, FeatureKinds kinds, WordClasses classes)
    {
        var features = new TextFeatures();
        features.ReadWords(text, kinds.HasFlag(FeatureKinds.Sentences));
        features.CountAll(kinds, classes);
        return features;
    }

    private void CountAll(FeatureKinds kinds, WordClasses classes)
    {
        var seen = _seen ??= [];
        seen.Clear();
        _features.EnsureCapacity(_words.Count * (kinds.HasFlag(FeatureKinds.Characters) ? 32 : 6));
        var negated = 0;
        for (var at = 0; at < _words.Count; at++)
        {
            var word = _words[at];
            Add(word.Hash, at, at);
            if (kinds.HasFlag(FeatureKinds.Pairs)) Add(Mix(at == 0 ? 1 : _words[at - 1].Hash, word.Hash), Math.Max(0, at - 1), at);
            if (kinds.HasFlag(FeatureKinds.Triples) && at > 1) Add(Mix(Mix(_words[at - 2].Hash, _words[at - 1].Hash), word.Hash), at - 2, at);
            if (kinds.HasFlag(FeatureKinds.Skips) && at > 1) Add(Mix(Mix(5, _words[at - 2].Hash), word.Hash), at - 2, at);
            if (kinds.HasFlag(FeatureKinds.Skips) && at > 2) Add(Mix(Mix(6, _words[at - 3].Hash), word.Hash), at - 3, at);
            if (!kinds.HasFlag(FeatureKinds.Negated)) continue;
            if (negated-- > 0) Add(Mix(2, word.Hash), at, at);
            if (word.EndsSentence) negated = 0;
            else if (word.Negates) negated = NegationReach;
        }

        if (kinds.HasFlag(FeatureKinds.Ending) && _words.Count > 0) Add(Mix(_words[^1].Hash, 3), _words.Count - 1, _words.Count - 1);
        if (kinds.HasFlag(FeatureKinds.Length)) Add(Mix(4, (uint)Math.Min(6, _words.Count / 6)), 0, -1);
        if (kinds.HasFlag(FeatureKinds.Classes)) CountClasses(classes, kinds.HasFlag(FeatureKinds.Sentences), Add);
        if (kinds.HasFlag(FeatureKinds.Places)) CountPlaces(Add);
        if (kinds.HasFlag(FeatureKinds.Sizes)) CountSizes(classes, Add);
        if (kinds.HasFlag(FeatureKinds.Characters)) CountCharacters(Add);

        void Add(uint key, int first, int last)
        {
            if (seen.Add(key)) _features.Add((key, first, last));
        }
    }

    private void CountClasses(WordClasses classes, bool bySentence, Action<uint, int, int> add)
    {
        const uint salt = 11;
        var ofWords = _words.ConvertAll(word => classes.Of(word.Text));
        var hashes = new uint[_words.Count];
        for (var at = 0; at < hashes.Length; at++) hashes[at] = ofWords[at].IsEmpty ? _words[at].Hash : Mix(salt, (uint)ofWords[at][0]);
        var inText = new List<int>();
        var inSentence = new List<int>();
        for (var at = 0; at < _words.Count; at++)
        {
            foreach (var one in ofWords[at])
            {
                add(Mix(salt, (uint)one), at, at);
                // A text whose sentences aren't told apart is one sentence.
                if (bySentence) Pair(inSentence, one, at, salt + 1);
                Pair(inText, one, at, salt + 2);
            }

            if (at > 0) add(Mix(Mix(salt + 3, hashes[at - 1]), hashes[at]), at - 1, at);
            if (at > 1) add(Mix(Mix(Mix(salt + 3, hashes[at - 2]), hashes[at - 1]), hashes[at]), at - 2, at);
            if (at > 1) add(Mix(Mix(salt + 4, hashes[at - 2]), hashes[at]), at - 2, at);
            if (_words[at].EndsSentence) inSentence.Clear();
        }

        // Order makes no difference here; the pairs above record it.
        void Pair(List<int> others, int one, int at, uint kind)
        {
            if (others.Contains(one)) return;
            foreach (var other in others) add(Mix(Mix(kind, (uint)Math.Min(one, other)), (uint)Math.Max(one, other)), at, at);
            others.Add(one);
        }
    }

    private void CountPlaces(Action<uint, int, int> add)
    {
        const uint question = 201;
        const uint inLast = 202;
        const uint inFirst = 203;
        const uint beginning = 204;
        const uint whole = 205;
        var sentences = ReadSentences();
        for (var i = 0; i < sentences.Count; i++)
        {
            var (start, end) = sentences[i];
            if (end < _words.Count && _words[end].Text == "?") Each(question);
            if (i == sentences.Count - 1) Each(inLast);
            if (i == 0) Each(inFirst);
            add(Mix(beginning, _words[start].Hash), start, start);
            if (end - start > ShortSentence) continue;
            var hash = whole;
            for (var at = start; at < end; at++) hash = Mix(hash, _words[at].Hash);
            add(hash, start, end - 1);

            void Each(uint place)
            {
                for (var at = start; at < end; at++)
                {
                    add(Mix(place, _words[at].Hash), at, at);
                    if (at > start) add(Mix(Mix(place, _words[at - 1].Hash), _words[at].Hash), at - 1, at);
                }
            }
        }
    }

    // From the first word to the mark that ends the sentence, exclusive.
    private List<(int Start, int End)> ReadSentences()
    {
        var sentences = new List<(int, int)>();
        var start = 0;
        for (var at = 0; at <= _words.Count; at++)
        {
            if (at < _words.Count && !_words[at].EndsSentence) continue;
            if (at > start) sentences.Add((start, at));
            start = at + 1;
        }

        return sentences;
    }

    private void CountSizes(WordClasses classes, Action<uint, int, int> add)
    {
        const uint salt = 501;
        var size = _words.Count switch { <= 10 => 0u, <= 30 => 1u, <= 80 => 2u, _ => 3u };
        add(Mix(salt, size), 0, -1);
        for (var at = 0; at < _words.Count; at++)
        {
            add(Mix(Mix(salt + 1, size), _words[at].Hash), at, at);
            foreach (var one in classes.Of(_words[at].Text)) add(Mix(Mix(salt + 2, size), (uint)one), at, at);
        }
    }

    private void CountCharacters(Action<uint, int, int> add)
    {
        var letters = new List<(char Letter, int Word)> { ('_', 0) };
        for (var at = 0; at < _words.Count; at++)
        {
            foreach (var letter in _words[at].Text) letters.Add((letter, at));
            letters.Add(('_', at));
        }

        for (var from = 0; from < letters.Count; from++)
        {
            var hash = 7u;
            for (var to = from; to < letters.Count && to < from + MostCharacters; to++)
            {
                hash = Mix(hash, letters[to].Letter);
                if (to - from >= FewestCharacters - 1) add(hash, letters[from].Word, letters[to].Word);
            }
        }
    }

    private void ReadWords(ReadOnlySpan<char> text, bool sentences)
    {
        Span<char> letters = stackalloc char[40];
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            var c = text[at];
            if (char.IsLetter(c))
            {
                var count = 0;
                for (; at < text.Length && (char.IsLetter(text[at]) || IsWithinWord(text, at)); at++)
                {
                    if (!char.IsLetter(text[at]) || count == letters.Length) continue;
                    var letter = Fold(text[at]);
                    if (count < 2 || letters[count - 1] != letter || letters[count - 2] != letter) letters[count++] = letter;
                }

                var word = new string(letters[..count]);
                _words.Add(new Word(word, Hash(word), start, at, Negations.Contains(word), false));
            }
            else if (char.IsAsciiDigit(c))
            {
                do at++;
                while (at < text.Length && (char.IsAsciiDigit(text[at]) || IsWithinNumber(text, at)));

                _words.Add(new Word("#", '#', start, at, false, false));
            }
            else
            {
                at++;
                var ends = sentences && c is '.' or '\n' or ';' or '?' or '!';
                if (c is '%' or '$' or '?' or '!' || (ends && _words.Count > 0 && !_words[^1].EndsSentence))
                    _words.Add(new Word(c is '\n' or ';' ? "." : c.ToString(), c is '\n' or ';' ? '.' : c, start, at, false, sentences && ends));
            }
        }
    }

    // An apostrophe between letters, and invisible characters.
    private static bool IsWithinWord(ReadOnlySpan<char> text, int at) => text[at] is '\u00ad' or '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff'
        || (text[at] is '\'' or '\u2019' or '\u02bc' or '`' && at + 1 < text.Length && char.IsLetter(text[at + 1]));

    private static bool IsWithinNumber(ReadOnlySpan<char> text, int at) => text[at] is ',' or '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);

    private static char Fold(char c)
    {
        if (char.IsAscii(c)) return char.ToLowerInvariant(c);
        var lower = char.ToLowerInvariant(c);
        return Accented.IndexOf(lower) is var at and >= 0 ? Unaccented[at] : lower;
    }

    private static uint Hash(string word)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var c in word) hash = (hash ^ c) * 16777619u;
        return hash;
    }

    private static uint Mix(uint left, uint right)
    {
        var mixed = ((left * 0x9E3779B1) ^ right) * 0x85EBCA6B;
        return mixed ^ (mixed >> 15);
    }

    /// <param name="Text">As it is counted, without accents and capitals.</param>
    /// <param name="Start">In UTF-16 code units.</param>
    /// <param name="End">Exclusive.</param>
    internal readonly record struct Word(string Text, uint Hash, int Start, int End, bool Negates, bool EndsSentence);
}

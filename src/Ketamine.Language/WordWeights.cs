using System.Runtime.InteropServices;

namespace Ketamine.Language;

/// <summary>
/// How much the words of a sentence speak for a claim that a reviewer would not let stand, learnt from sentences that reviewers labelled
/// (labelled.tsv, which comes with the site). Logistic regression over words, pairs of neighbours, words under a negation and the sentence's
/// length: the sum of the weights of what it holds is the logarithm of the odds that it is bad. Patterns find the claims that somebody thought
/// of; this finds those that read like them. Immutable.
/// </summary>
/// <remarks>A machine learning library would be larger than the rest of the site, for one weighted sum.</remarks>
public sealed class WordWeights
{
    private const int Rounds = 10;
    private const double Step = 0.2;
    private const double Shrink = 0.02;

    // How many words a "not" reaches.
    private const int Negated = 4;

    private readonly Dictionary<uint, double> _weights;
    private readonly double _base;

    private WordWeights(Dictionary<uint, double> weights, double start) => (_weights, _base) = (weights, start);

    /// <summary>Learns from labelled sentences; the same ones in the same order give the same weights.</summary>
    public static WordWeights Learn(IEnumerable<(bool Bad, string Sentence)> labelled)
    {
        // Adagrad: a step for each feature, which shrinks with what the feature has moved already, so that rare words learn as well as common ones.
        var numbers = new Dictionary<uint, int>();
        var examples = labelled.Select(example => (Target: example.Bad ? 1.0 : 0.0, Features: FeaturesOf(example.Sentence).Select(feature => NumberOf(feature.Key)).ToArray())).ToArray();
        var (weights, moved, start) = (new double[numbers.Count], new double[numbers.Count], 0.0);
        var order = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            order.Shuffle(examples);
            foreach (var (target, features) in examples)
            {
                var sum = start;
                foreach (var feature in features) sum += weights[feature];
                var error = (1 / (1 + Math.Exp(-sum))) - target;
                start -= Step * error / 4;
                foreach (var feature in features)
                {
                    var slope = error + (Shrink * weights[feature]);
                    moved[feature] += slope * slope;
                    if (moved[feature] > 0) weights[feature] -= Step * slope / Math.Sqrt(moved[feature]);
                }
            }
        }

        return new WordWeights(numbers.ToDictionary(pair => pair.Key, pair => weights[pair.Value]), start);

        int NumberOf(uint key)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out var known);
            return known ? number : number = numbers.Count - 1;
        }
    }

    /// <summary>Above 0 where the sentence is rather bad than honest: the natural logarithm of the odds.</summary>
    /// <param name="sentence">Plain text, in plain quotes.</param>
    /// <param name="heaviest">The run of words that speaks most for it, in UTF-16 units.</param>
    public double Weigh(string sentence, out (int Start, int End) heaviest)
    {
        var words = Words(sentence);
        var shares = new double[words.Count];
        var sum = _base;
        foreach (var (key, first, last) in FeaturesOf(words))
        {
            if (!_weights.TryGetValue(key, out var weight)) continue;
            sum += weight;
            for (var at = first; at <= last; at++) shares[at] += weight / (last - first + 1);
        }

        // The run with the largest sum.
        heaviest = (0, sentence.Length);
        var (best, run, from) = (0.0, 0.0, 0);
        for (var at = 0; at < shares.Length; at++)
        {
            if (run <= 0) (run, from) = (0, at);
            run += shares[at];
            if (run <= best) continue;
            best = run;
            heaviest = (words[from].Start, words[at].End);
        }

        return sum;
    }

    private static List<(uint Key, int First, int Last)> FeaturesOf(string sentence) => FeaturesOf(Words(sentence));

    // Each feature once, as a hash, with the words that it is of.
    private static List<(uint Key, int First, int Last)> FeaturesOf(List<Word> words)
    {
        var seen = new HashSet<uint>(words.Count * 3);
        var features = new List<(uint, int, int)>(words.Count * 3);
        var negated = 0;
        for (var at = 0; at < words.Count; at++)
        {
            Add(words[at].Hash, at, at);
            Add(Mix(at == 0 ? 1 : words[at - 1].Hash, words[at].Hash), Math.Max(0, at - 1), at);
            if (negated-- > 0) Add(Mix(2, words[at].Hash), at, at);
            if (words[at].Negates) negated = Negated;
        }

        if (words.Count > 0) Add(Mix(words[^1].Hash, 3), words.Count - 1, words.Count - 1);
        Add(Mix(4, (uint)Math.Min(6, words.Count / 6)), 0, -1);
        return features;

        void Add(uint key, int first, int last)
        {
            if (seen.Add(key)) features.Add((key, first, last));
        }
    }

    private static List<Word> Words(string text)
    {
        var words = new List<Word>(text.Length / 5);
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            var c = text[at];
            if (char.IsLetter(c))
            {
                while (++at < text.Length && (char.IsLetter(text[at]) || (text[at] == '\'' && at + 1 < text.Length && char.IsLetter(text[at + 1]))))
                {
                }

                words.Add(Word.Of(text, start, at));
            }
            else if (char.IsAsciiDigit(c))
            {
                while (++at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is ',' or '.'))
                {
                }

                words.Add(new Word('#', start, at, false)); // every number is one word
            }
            else
            {
                at++;
                if (c is '%' or '$' or '?' or '!') words.Add(new Word(c, start, at, false));
            }
        }

        return words;
    }

    private static uint Mix(uint left, uint right) => ((left * 0x9E3779B1) ^ right) * 0x85EBCA6B;

    private readonly record struct Word(uint Hash, int Start, int End, bool Negates)
    {
        public static Word Of(string text, int start, int end)
        {
            var hash = 2166136261u; // FNV-1a
            Span<char> lower = stackalloc char[Math.Min(end - start, 40)];
            text.AsSpan(start, lower.Length).ToLowerInvariant(lower);
            foreach (var c in lower) hash = (hash ^ c) * 16777619u;
            var negates = lower is "not" or "no" or "never" or "cannot" or "without" or "neither" or "nor" or "nobody" or "nothing" or "none" || lower.EndsWith("n't");
            return new Word(hash, start, end, negates);
        }
    }
}

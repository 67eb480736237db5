using System.Runtime.InteropServices;

namespace Ketamine.Language;

/// <summary>
/// Scores how likely a reviewer is to reject a sentence, learned from sentences that reviewers labeled (labelled.tsv, which comes with the site). Uses
/// logistic regression over words, pairs of adjacent words, negated words, and the length of the sentence: the sum of the weights of its features is
/// the log-odds that the sentence is bad. Patterns find the claims that someone thought of; this finds sentences that read like them. Immutable.
/// </summary>
/// <remarks>A machine learning library would be larger than the rest of the site, and all we need is a weighted sum.</remarks>
public sealed class WordWeights
{
    private const int Rounds = 10;
    private const double LearningRate = 0.2;
    private const double Regularization = 0.02;

    // How many words a negation applies to.
    private const int NegationReach = 4;

    private readonly Dictionary<uint, double> _weights;
    private readonly double _bias;

    private WordWeights(Dictionary<uint, double> weights, double bias)
    {
        _weights = weights;
        _bias = bias;
    }

    /// <summary>Learns from labeled sentences. The same sentences in the same order give the same weights.</summary>
    public static WordWeights Learn(IEnumerable<(bool Bad, string Sentence)> labelled)
    {
        // Adagrad: each feature's learning rate decreases with how much it has changed already, so rare words learn as well as common ones.
        var numbers = new Dictionary<uint, int>();
        var examples = labelled
            .Select(example => (Target: example.Bad ? 1.0 : 0.0, Features: FeaturesOf(example.Sentence).Select(feature => NumberOf(feature.Key)).ToArray()))
            .ToArray();
        var weights = new double[numbers.Count];
        var squaredGradients = new double[numbers.Count];
        var bias = 0.0;
        var order = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            order.Shuffle(examples);
            foreach (var (target, features) in examples)
            {
                var sum = bias;
                foreach (var feature in features) sum += weights[feature];
                var error = (1 / (1 + Math.Exp(-sum))) - target;
                bias -= LearningRate * error / 4;
                foreach (var feature in features)
                {
                    var gradient = error + (Regularization * weights[feature]);
                    squaredGradients[feature] += gradient * gradient;
                    if (squaredGradients[feature] > 0) weights[feature] -= LearningRate * gradient / Math.Sqrt(squaredGradients[feature]);
                }
            }
        }

        return new WordWeights(numbers.ToDictionary(pair => pair.Key, pair => weights[pair.Value]), bias);

        int NumberOf(uint key)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out var known);
            return known ? number : number = numbers.Count - 1;
        }
    }

    /// <summary>The log-odds (natural logarithm) that the sentence is bad: above 0 if it is more likely bad than honest.</summary>
    /// <param name="sentence">Plain text, with straight quotes.</param>
    /// <param name="heaviest">The run of words that contributes most, in UTF-16 code units.</param>
    public double Weigh(string sentence, out (int Start, int End) heaviest)
    {
        var words = Words(sentence);
        var shares = new double[words.Count];
        var sum = _bias;
        foreach (var (key, first, last) in FeaturesOf(words))
        {
            if (!_weights.TryGetValue(key, out var weight)) continue;
            sum += weight;
            for (var at = first; at <= last; at++) shares[at] += weight / (last - first + 1);
        }

        // The run with the largest sum (Kadane's algorithm).
        heaviest = (0, sentence.Length);
        var best = 0.0;
        var run = 0.0;
        var from = 0;
        for (var at = 0; at < shares.Length; at++)
        {
            if (run <= 0)
            {
                run = 0;
                from = at;
            }

            run += shares[at];
            if (run <= best) continue;
            best = run;
            heaviest = (words[from].Start, words[at].End);
        }

        return sum;
    }

    private static List<(uint Key, int First, int Last)> FeaturesOf(string sentence) => FeaturesOf(Words(sentence));

    // Each feature once, as a hash, with the range of words it comes from.
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
            if (words[at].Negates) negated = NegationReach;
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

                words.Add(new Word('#', start, at, false)); // all numbers count as the same word
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
            var negates = lower is "not" or "no" or "never" or "cannot" or "without" or "neither" or "nor" or "nobody" or "nothing" or "none"
                || lower.EndsWith("n't");
            return new Word(hash, start, end, negates);
        }
    }
}

using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Ketamine.Language.Learning;

/// <summary>How weights are learned and what they weigh.</summary>
/// <param name="Kinds">What is counted in a text.</param>
/// <param name="Bits">The number of slots that features share is 2 to this power; 8 to 22.</param>
/// <param name="LeastExamples">The number of examples that must have a feature before it is learned.</param>
/// <param name="ByLength">Whether a text's sum is divided by the square root of its number of features, so that long texts don't weigh more.</param>
/// <param name="Rounds">The number of passes over the examples.</param>
/// <param name="Rate">How far each example moves the weights.</param>
/// <param name="Regularization">How strongly weights are pulled toward 0.</param>
/// <param name="Classes">The classes of words, if <see cref="FeatureKinds.Classes"/> are counted.</param>
/// <param name="LeastWeight">Weights closer to 0 than this are dropped, for a smaller file.</param>
/// <param name="Averaged">Whether the weights are averaged over the last half of the rounds, so that they depend less on the last few examples.</param>
/// <param name="LeftOut">
/// The share of features, 0 to 1, that each example is shown without, others each time (dropout): no weight can rely on another, so texts that say the
/// same in other words are judged better. The rest counts as much more.
/// </param>
/// <param name="Unit">Weights are kept as whole numbers of this part of one. Fewer parts make a smaller file.</param>
public sealed record Lessons(
    FeatureKinds Kinds, int Bits, int LeastExamples, bool ByLength, int Rounds, double Rate, double Regularization, WordClasses? Classes = null,
    double LeastWeight = 0, bool Averaged = false, double LeftOut = 0, int Unit = 100);

/// <summary>One word of a text and how much it weighs, together with what it forms with its neighbors.</summary>
/// <param name="Start">In UTF-16 code units.</param>
/// <param name="End">Exclusive.</param>
/// <param name="Weight">A share of the text's sum: above 0 speaks for the label, below 0 against it.</param>
public readonly record struct WordShare(int Start, int End, double Weight);

/// <summary>
/// Weights of words, pairs, triples and character runs, learned from labeled texts by logistic regression. A text's sum is the log-odds that the label
/// applies to it, as far as the labels go. Patterns find what someone thought of; this finds texts that read alike. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The same examples in the same order give the same weights on every platform: learning uses only additions, multiplications, divisions and square
/// roots, one after the other, and the weights are whole numbers. A machine learning library would be larger than the rest of the site.
/// </remarks>
public sealed class LearnedWeights
{
    private const byte Version = 3;

    // Open addressing: a slot's number, or -1 for a free place, and its weight.
    private readonly int[] _slots;
    private readonly short[] _values;
    private readonly int _slotCount;
    private readonly int _bias;
    private readonly int _unit;
    private readonly FeatureKinds _kinds;
    private readonly bool _byLength;
    private readonly WordClasses _classes;
    private readonly int _shift;

    private LearnedWeights(FeatureKinds kinds, WordClasses classes, bool byLength, int unit, short[] weights, int bias)
    {
        (_kinds, _classes, _byLength, _unit, _bias, _slotCount) = (kinds, classes, byLength, unit, bias, weights.Length);
        _shift = 32 - int.Log2(weights.Length);
        var places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * weights.Count(weight => weight != 0)));
        (_slots, _values) = (new int[places], new short[places]);
        Array.Fill(_slots, -1);
        for (var slot = 0; slot < weights.Length; slot++)
        {
            if (weights[slot] == 0) continue;
            var place = PlaceOf(slot);
            (_slots[place], _values[place]) = (slot, weights[slot]);
        }
    }

    /// <summary>Learns from labeled texts.</summary>
    /// <param name="examples">Each with its label and how much it counts; 1 is usual.</param>
    public static LearnedWeights Learn(IEnumerable<(bool Label, double Counts, string Text)> examples, Lessons lessons)
    {
        var shift = 32 - lessons.Bits;
        var read = examples
            .Select(example =>
                (
                    Target: example.Label ? 1.0 : 0.0,
                    example.Counts,
                    Slots: TextFeatures
                        .Of(example.Text, lessons.Kinds, lessons.Classes ?? WordClasses.None)
                        .Features.Select(feature => (int)(feature.Key >> shift))
                        .Distinct()
                        .ToArray()
                )
            )
            .ToArray();
        var seen = new int[1 << lessons.Bits];
        foreach (var (_, _, slots) in read)
            foreach (var slot in slots)
                seen[slot]++;
        var scales = Array.ConvertAll(read, example => lessons.ByLength ? 1 / Math.Sqrt(Math.Max(1, example.Slots.Length)) : 1.0);
        for (var i = 0; i < read.Length; i++) read[i].Slots = Array.FindAll(read[i].Slots, slot => seen[slot] >= lessons.LeastExamples);

        // Adagrad: each weight's step decreases with how much it has changed already, so that rare words learn as well as common ones.
        var weights = new double[seen.Length];
        var squared = new double[seen.Length];
        var bias = 0.0;
        var order = Enumerable.Range(0, read.Length).ToArray();
        var (shuffled, dropout) = (new Shuffle(), new Dropout(lessons.LeftOut, read.Max(example => example.Slots.Length)));
        var (sums, biasSum, summed) = (lessons.Averaged ? new double[weights.Length] : [], 0.0, 0);
        for (var round = 0; round < lessons.Rounds; round++)
        {
            var averaged = lessons.Averaged && 2 * round >= lessons.Rounds;
            shuffled.Apply(order);
            foreach (var at in order)
            {
                var (target, counts, _) = read[at];
                var slots = dropout.Of(read[at].Slots);
                var scale = scales[at] / (1 - lessons.LeftOut);
                var sum = 0.0;
                foreach (var slot in slots) sum += weights[slot];
                var error = counts * (Likelihood(bias + (sum * scale)) - target);
                bias -= lessons.Rate * error / 4;
                if (averaged) (biasSum, summed) = (biasSum + bias, summed + 1);
                foreach (var slot in slots)
                {
                    var gradient = (error * scale) + (lessons.Regularization * weights[slot]);
                    squared[slot] += gradient * gradient;
                    if (squared[slot] > 0) weights[slot] -= lessons.Rate * gradient / Math.Sqrt(squared[slot]);
                }
            }

            for (var slot = 0; averaged && slot < sums.Length; slot++) sums[slot] += weights[slot];
        }

        if (summed > 0)
        {
            bias = biasSum / summed;
            weights = Array.ConvertAll(sums, sum => sum / (lessons.Rounds / 2));
        }

        var rounded = Array.ConvertAll(
            weights, weight => Math.Abs(weight) < lessons.LeastWeight ? (short)0 : (short)Math.Clamp(Math.Round(weight * lessons.Unit), -32000, 32000));
        return new LearnedWeights(lessons.Kinds, lessons.Classes ?? WordClasses.None, lessons.ByLength, lessons.Unit, rounded,
            (int)Math.Round(bias * lessons.Unit));
    }

    /// <summary>The log-odds (natural logarithm) of the label: above 0 if the text reads more like those that have it.</summary>
    public double Weigh(ReadOnlySpan<char> text) => Weigh(Read(text));

    /// <inheritdoc cref="Weigh(ReadOnlySpan{char})"/>
    /// <param name="features">As these weights, or others taught by the same lessons, read them.</param>
    public double Weigh(TextFeatures features)
    {
        var sum = 0;
        foreach (var (key, _, _) in features.Features) sum += WeightOf(key);
        return Sum(sum, features.Count);
    }

    /// <summary>Reads a text once, for several weights that the same lessons taught.</summary>
    public TextFeatures Read(ReadOnlySpan<char> text) => TextFeatures.Of(text, _kinds, _classes);

    /// <inheritdoc cref="Weigh(ReadOnlySpan{char})"/>
    /// <param name="heaviest">The run of words that contributes most, in UTF-16 code units; empty if nothing speaks for the label.</param>
    public double Weigh(string text, out (int Start, int End) heaviest)
    {
        var shares = Explain(text, out var sum);

        // The run with the largest sum (Kadane's algorithm).
        heaviest = (0, text.Length);
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

            run += shares[at].Weight;
            if (run <= best) continue;
            best = run;
            heaviest = (shares[from].Start, shares[at].End);
        }

        return sum;
    }

    /// <summary>How much each word of a text weighs. The shares and the bias add up to the sum, apart from features of the whole text.</summary>
    /// <param name="sum">As <see cref="Weigh(ReadOnlySpan{char})"/> gives it.</param>
    public ImmutableArray<WordShare> Explain(string text, out double sum)
    {
        var read = TextFeatures.Of(text, _kinds, _classes);
        var shares = new double[read.Words.Count];
        var total = 0;
        foreach (var (key, first, last) in read.Features)
        {
            var weight = WeightOf(key);
            total += weight;
            for (var at = first; at <= last; at++) shares[at] += (double)weight / (last - first + 1);
        }

        sum = Sum(total, read.Count);
        var scale = Scale(read.Count) / _unit;
        var words = new WordShare[shares.Length];
        for (var at = 0; at < words.Length; at++) words[at] = new WordShare(read.Words[at].Start, read.Words[at].End, shares[at] * scale);
        return ImmutableCollectionsMarshal.AsImmutableArray(words);
    }

    /// <summary>
    /// Writes the weights, packed with gzip: a version byte, the kinds of features, their unit, the number of slots, the bias, and for each
    /// weight that isn't 0 the distance from the slot before and the value.
    /// </summary>
    public void Save(Stream file)
    {
        using var packed = new GZipStream(file, CompressionLevel.SmallestSize, leaveOpen: true);
        using var writer = new BinaryWriter(packed, System.Text.Encoding.UTF8);
        writer.Write(Version);
        writer.Write((int)_kinds);
        writer.Write(_byLength);
        writer.Write(_classes.ToString());
        writer.Write(_unit);
        writer.Write(_slotCount);
        writer.Write(_bias);
        var used = Enumerable.Range(0, _slots.Length).Where(place => _slots[place] >= 0).OrderBy(place => _slots[place]).ToList();
        writer.Write(used.Count);
        var last = 0;
        foreach (var place in used)
        {
            writer.Write7BitEncodedInt(_slots[place] - last);
            writer.Write7BitEncodedInt((_values[place] << 1) ^ (_values[place] >> 15));
            last = _slots[place];
        }
    }

    /// <exception cref="InvalidDataException">The file isn't one that <see cref="Save"/> wrote.</exception>
    public static LearnedWeights Load(Stream file)
    {
        using var packed = new BufferedStream(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), 1 << 16);
        using var reader = new BinaryReader(packed, System.Text.Encoding.UTF8);
        if (reader.ReadByte() != Version) throw new InvalidDataException("The learned weights have a different version; train them again.");
        var kinds = (FeatureKinds)reader.ReadInt32();
        var byLength = reader.ReadBoolean();
        var classes = WordClasses.Parse(reader.ReadString());
        var unit = reader.ReadInt32();
        if (unit < 1) throw new InvalidDataException($"The learned weights are in {unit} parts of one; at least 1 is expected.");
        var slots = reader.ReadInt32();
        if (slots is < 256 or > 1 << 22 || !int.IsPow2(slots))
            throw new InvalidDataException($"The learned weights name {slots} slots; a power of two up to {1 << 22} is expected.");
        var weights = new short[slots];
        var bias = reader.ReadInt32();
        var at = 0;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            at += reader.Read7BitEncodedInt();
            var value = reader.Read7BitEncodedInt();
            weights[at] = (short)((value >> 1) ^ -(value & 1));
        }

        return new LearnedWeights(kinds, classes, byLength, unit, weights, bias);
    }

    private int WeightOf(uint key)
    {
        var place = PlaceOf((int)(key >> _shift));
        return _slots[place] < 0 ? 0 : _values[place];
    }

    // The index of the slot, or of the free one where it belongs.
    private int PlaceOf(int slot)
    {
        var place = (int)((uint)slot * 0x9E3779B1u) & (_slots.Length - 1);
        while (_slots[place] >= 0 && _slots[place] != slot) place = (place + 1) & (_slots.Length - 1);
        return place;
    }

    private double Sum(int sum, int features) => ((sum * Scale(features)) + _bias) / _unit;

    private double Scale(int features) => _byLength ? 1 / Math.Sqrt(Math.Max(1, features)) : 1;

    // 1 / (1 + e^-x), with e^x as (1 + x/1024)^1024: Math.Exp differs between platforms in its last digits.
    private static double Likelihood(double logOdds)
    {
        var power = 1 - (Math.Clamp(logOdds, -30, 30) / 1024);
        for (var i = 0; i < 10; i++) power *= power;
        return 1 / (1 + power);
    }

    // The same order on every platform, which System.Random doesn't promise from version to version.
    private sealed class Shuffle
    {
        private uint _random = 1;

        public void Apply(int[] order)
        {
            for (var i = order.Length - 1; i > 0; i--)
            {
                _random = (_random * 1664525) + 1013904223;
                var other = (int)(((ulong)_random * (ulong)(i + 1)) >> 32);
                (order[i], order[other]) = (order[other], order[i]);
            }
        }
    }

    // Marsaglia's xorshift decides which features an example is shown without.
    private sealed class Dropout(double share, int most)
    {
        private readonly int[] _shown = new int[most];
        private uint _random = 12345;

        /// <summary>Valid until the next call.</summary>
        public ReadOnlySpan<int> Of(int[] slots)
        {
            if (share == 0) return slots;
            var count = 0;
            foreach (var slot in slots)
            {
                _random ^= _random << 13;
                _random ^= _random >> 17;
                _random ^= _random << 5;
                if (_random >= share * uint.MaxValue) _shown[count++] = slot;
            }

            return _shown.AsSpan(0, count);
        }
    }
}

namespace Ketamine.Web.Features.Search;

/// <summary>Where one stem, or one phrase or page that plain words mean, is found, and what it is worth there.</summary>
/// <param name="Entries">Numbers of entries, ascending.</param>
/// <param name="Weights">One for each entry: BM25, rarity included.</param>
/// <param name="Pages">How many entries it is about, which tells how rare it is.</param>
internal sealed record Posting(int[] Entries, float[] Weights, int Pages)
{
    /// <summary>The inverse document frequency of BM25.</summary>
    public static float Rarity(int pages, int of) => (float)Math.Log(1 + ((of - pages + 0.5) / (pages + 0.5)));

    public sealed class Builder
    {
        private readonly List<int> _entries = [];
        private readonly List<float> _weights = [];

        /// <summary>Entries come in their order.</summary>
        public void Add(int entry, float weight)
        {
            if (_entries.Count > 0 && _entries[^1] == entry)
            {
                _weights[^1] += weight;
                return;
            }

            _entries.Add(entry);
            _weights.Add(weight);
        }

        public Posting Build(int of)
        {
            var rarity = Rarity(_entries.Count, of);
            return new Posting([.. _entries], [.. _weights.Select(weight => weight * rarity)], _entries.Count);
        }
    }
}

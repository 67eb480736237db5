namespace Ketamine.Web.Features.Search;

/// <summary>The entries where a stem occurs, or a phrase or page that a plain word points to, each with its weight.</summary>
/// <param name="Entries">Entry numbers, ascending.</param>
/// <param name="Weights">One per entry: its BM25 score, including rarity.</param>
/// <param name="Pages">The number of entries that its rarity is computed from.</param>
internal sealed record Posting(int[] Entries, float[] Weights, int Pages)
{
    /// <summary>The inverse document frequency of BM25.</summary>
    public static float Rarity(int pages, int of) => (float)Math.Log(1 + ((of - pages + 0.5) / (pages + 0.5)));

    public sealed class Builder
    {
        private readonly List<int> _entries = [];
        private readonly List<float> _weights = [];

        /// <summary>Call it in the order of the entries.</summary>
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

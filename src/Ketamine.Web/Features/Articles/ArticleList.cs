namespace Ketamine.Web.Features.Articles;

/// <summary>One page of a list of articles.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Of">How many pages there are; at least 1.</param>
/// <param name="Path">The list's address without the page.</param>
public sealed record ArticleList(ImmutableArray<Article> Articles, int Number, int Of, string Path)
{
    /// <summary>Null for a page that does not exist.</summary>
    public static ArticleList? Cut(IReadOnlyCollection<Article> all, int number, int size, string path)
    {
        var pages = Math.Max(1, (all.Count + size - 1) / size);
        return number < 1 || number > pages ? null : new ArticleList([.. all.Skip((number - 1) * size).Take(size)], number, pages, path);
    }

    /// <summary>The address of a page of this list; the first has no query.</summary>
    public string Href(int number) => number == 1 ? Path : $"{Path}?page={number}";
}

namespace Ketamine.Content.Markdown;

/// <summary>The kind of target of an address in a text.</summary>
public enum LinkKind
{
    /// <summary>Not a safe target for visitors.</summary>
    Refused,

    /// <summary>Another site.</summary>
    External,

    /// <summary>A path on this site, or a fragment of the same page.</summary>
    Own,

    /// <summary>A text in the folder, by kind and slug: <c>article:</c>, <c>page:</c>, <c>service:</c>.</summary>
    Text,

    /// <summary>A phone number, a text message, or an email.</summary>
    Contact,

    /// <summary>A text in the folder, by file: <c>about.md</c>, <c>../articles/2026-01-12-questions.md#costs</c>.</summary>
    File,
}

/// <summary>Classifies addresses by an allow list: anything not known to be harmless is refused.</summary>
public static class Links
{
    /// <summary>The kind of an address as Markdig decoded it.</summary>
    public static LinkKind Kind(string url)
    {
        // Browsers drop tabs and line breaks within an address and spaces before it; a legitimate address has none of these.
        if (url.Length == 0) return LinkKind.Refused;
        foreach (var c in url)
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\') return LinkKind.Refused;
        if (url[0] == '#') return url.Length > 1 ? LinkKind.Own : LinkKind.Refused;
        if (url[0] == '/') return url.StartsWith("//", StringComparison.Ordinal) ? LinkKind.Refused : LinkKind.Own;
        if (url.Split('#')[0].EndsWith(".md", StringComparison.OrdinalIgnoreCase) && url.AsSpan().IndexOfAny(':', '?') < 0) return LinkKind.File;
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == url.Length - 1) return LinkKind.Refused;
        return url[..colon].ToLowerInvariant() switch
        {
            "http" or "https" when WebAddress.TryParse(url, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0 => LinkKind.External,
            "tel" or "mailto" or "sms" => LinkKind.Contact,
            "article" or "page" or "service" => LinkKind.Text,
            _ => LinkKind.Refused,
        };
    }

    /// <summary>The path of <c>article:slug</c>, <c>page:slug</c>, or <c>service:slug</c>, including a fragment.</summary>
    public static string PathOf(string url)
    {
        var slug = url[(url.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return url[0] switch
        {
            'a' or 'A' => "/blog/" + slug,
            's' or 'S' => "/services/" + slug,
            _ when slug == Page.Home => "/",
            _ when slug.StartsWith(Page.Home + "#", StringComparison.Ordinal) => "/" + slug[Page.Home.Length..],
            _ => "/" + slug,
        };
    }

    /// <summary>The file that a link names, without leading dots or a fragment: <c>../pages/about.md#team</c> is pages/about.md.</summary>
    public static string FileOf(string url)
    {
        var name = url.Split('#')[0];
        while (name.StartsWith("./", StringComparison.Ordinal) || name.StartsWith("../", StringComparison.Ordinal))
            name = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return name;
    }

    /// <summary>The address under /images/ of a picture in Markdown or front matter; null if it is elsewhere.</summary>
    public static string? Picture(string source)
    {
        if (source.Contains(':') || source.Contains("..", StringComparison.Ordinal) || source.StartsWith("//", StringComparison.Ordinal)) return null;
        if (source.StartsWith("/images/", StringComparison.Ordinal)) return source;
        if (source.StartsWith('/')) return null;
        return "/images/" + (source.StartsWith("images/", StringComparison.Ordinal) ? source["images/".Length..] : source);
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.DataProtection;

namespace Ketamine.Content;

/// <summary>
/// Links that show a draft or scheduled text before it is public. A link contains the text's path and its expiration, protected by Data Protection:
/// without the site's keys, no one can create one, extend one, or point it to another text. Anyone with the link can see the text.
/// </summary>
/// <param name="provider">The site's keys (Keys:Path). Instances that share keys accept each other's links.</param>
public sealed class PreviewLinks(IDataProtectionProvider provider, TimeProvider clock)
{
    private const int MaxTokenLength = 2000;
    private readonly ITimeLimitedDataProtector _protector = provider.CreateProtector("Ketamine.Web.PreviewLinks").ToTimeLimitedDataProtector();

    /// <summary>The path on this site that shows a text until <paramref name="ends"/>, to the second.</summary>
    public string PathFor(ContentItem text, DateTimeOffset ends)
    {
        // The expiration is stored with the path too, because the protector uses the machine's clock and the page uses the site's.
        var said = string.Create(CultureInfo.InvariantCulture, $"{ends.ToUnixTimeSeconds()} {text.Path}");
        return "/preview/" + _protector.Protect(said, ends - clock.GetUtcNow());
    }

    /// <summary>The text that a link's token shows now; false if the token is invalid or expired, or the text no longer exists.</summary>
    public bool TryFind(string token, SiteContent content, DateTimeOffset now, [NotNullWhen(true)] out ContentItem? text, out DateTimeOffset ends)
    {
        (text, ends) = (null, default);
        if (token.Length is 0 or > MaxTokenLength) return false;
        try
        {
            var said = _protector.Unprotect(token).Split(' ', 2);
            ends = DateTimeOffset.FromUnixTimeSeconds(long.Parse(said[0], CultureInfo.InvariantCulture));
            if (ends <= now) return false;
            text = content.Articles.Cast<ContentItem>().Concat(content.Services).Concat(content.Pages).FirstOrDefault(candidate => candidate.Path == said[1]);
            return text is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Staff;

/// <summary>The desk's stylesheet and scripts. Their addresses contain a hash of their content.</summary>
public sealed class DeskAssets
{
    private readonly string _root;

    public DeskAssets(IWebHostEnvironment environment)
    {
        _root = environment.WebRootPath;
        Css = Encoding.UTF8.GetBytes(Stylesheet.Bundle(Path.Combine(_root, "css", "desk", "desk.css")));
        CssHref = $"/staff/desk.css?v={Hash(Css)}";
        ScriptHref = Href("desk.js");
        PasskeysHref = Href("passkeys.js");
    }

    /// <summary>UTF-8.</summary>
    public byte[] Css { get; }

    public string CssHref { get; }
    public string ScriptHref { get; }

    /// <summary>The script for pages that create or use passkeys.</summary>
    public string PasskeysHref { get; }

    private string Href(string script) => $"/js/{script}?v={Hash(File.ReadAllBytes(Path.Combine(_root, "js", script)))}";

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}

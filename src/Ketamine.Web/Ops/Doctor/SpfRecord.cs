using System.Net;
using System.Net.Sockets;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>One mechanism of an SPF record.</summary>
/// <param name="Qualifier">+ pass, - fail, ~ softfail, ? neutral.</param>
/// <param name="Name">Lower case: all, include, a, mx, ptr, ip4, ip6, exists.</param>
/// <param name="Domain">Its target; null means the record's own domain.</param>
/// <param name="Address">The network of ip4 and ip6.</param>
internal sealed record SpfTerm(char Qualifier, string Name, string? Domain, IPAddress? Address, int Prefix4, int Prefix6, string Text)
{
    /// <summary>Whether it needs a DNS lookup, of which ten are allowed (RFC 7208 §4.6.4).</summary>
    public bool AsksDns => Name is "include" or "a" or "mx" or "ptr" or "exists";

    /// <summary>Its domain contains macros that depend on the email (§7).</summary>
    public bool HasMacro => Domain?.Contains('%') ?? false;

    /// <summary>Whether <paramref name="address"/> is in the network of <paramref name="around"/> with the term's prefix length.</summary>
    public bool Covers(IPAddress around, IPAddress address)
    {
        if (around.AddressFamily != address.AddressFamily) return false;
        var (one, other) = (around.GetAddressBytes(), address.GetAddressBytes());
        var bits = address.AddressFamily is AddressFamily.InterNetwork ? Prefix4 : Prefix6;
        for (var i = 0; i < one.Length && bits > 0; i++, bits -= 8)
        {
            var mask = bits >= 8 ? 0xff : 0xff << (8 - bits);
            if (((one[i] ^ other[i]) & mask & 0xff) != 0) return false;
        }

        return true;
    }
}

/// <summary>A parsed SPF record (RFC 7208 §12).</summary>
/// <param name="Redirect">The domain whose record applies if no term matches; null for none. Has no effect with <c>all</c> (§6.1).</param>
/// <param name="Mistakes">Syntax errors; a single one voids the record (§4.6).</param>
internal sealed partial record SpfRecord(string Text, ImmutableArray<SpfTerm> Terms, string? Redirect, ImmutableArray<string> Mistakes)
{
    public SpfTerm? All => Terms.FirstOrDefault(term => term.Name == "all");

    /// <summary>Whether a TXT record is an SPF record at all (§4.5).</summary>
    public static bool Is(string text) =>
        text.StartsWith("v=spf1", StringComparison.OrdinalIgnoreCase) && (text.Length == 6 || text[6] == ' ');

    public static SpfRecord Parse(string text)
    {
        var terms = ImmutableArray.CreateBuilder<SpfTerm>();
        var mistakes = ImmutableArray.CreateBuilder<string>();
        var modifiers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            if (Modifier().Match(word) is { Success: true } modifier)
            {
                var name = modifier.Groups["name"].Value;
                var once = name.ToLowerInvariant() is "redirect" or "exp";
                if (!modifiers.TryAdd(name, modifier.Groups["value"].Value) && once) mistakes.Add($"{name}= occurs twice");
                if (once && modifier.Groups["value"].Length == 0) mistakes.Add($"\"{word}\" has no domain");
            }
            else if (ReadTerm(word) is { } term)
            {
                terms.Add(term);
            }
            else
            {
                mistakes.Add($"\"{word}\" can't be read");
            }
        }

        var redirect = modifiers.GetValueOrDefault("redirect");
        return new SpfRecord(text, terms.ToImmutable(), string.IsNullOrEmpty(redirect) ? null : redirect, mistakes.ToImmutable());
    }

    private static SpfTerm? ReadTerm(string word)
    {
        if (Mechanism().Match(word) is not { Success: true } read) return null;
        var qualifier = read.Groups["qualifier"] is { Length: > 0 } sign ? sign.Value[0] : '+';
        var name = read.Groups["name"].Value.ToLowerInvariant();
        var value = read.Groups["value"] is { Success: true } given ? given.Value : null;
        if (name is "ip4" or "ip6")
        {
            var parts = (value ?? "").Split('/');
            var (most, family) = name == "ip4" ? (32, AddressFamily.InterNetwork) : (128, AddressFamily.InterNetworkV6);
            var prefix = most;
            // IPAddress.TryParse accepts 1.2 and 0x7f: require four parts.
            if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address) || address.AddressFamily != family) return null;
            if (name == "ip4" && address.ToString() != parts[0]) return null;
            if (parts.Length == 2 && !TryPrefix(parts[1], most, out prefix)) return null;
            return new SpfTerm(qualifier, name, null, address, prefix, prefix, word);
        }

        var (prefix4, prefix6) = (32, 128);
        if (name is "a" or "mx")
        {
            if (Prefixes().Match(value ?? read.Groups["cidr"].Value) is { Success: true } lengths)
            {
                if (lengths.Groups["four"].Success && !TryPrefix(lengths.Groups["four"].Value, 32, out prefix4)) return null;
                if (lengths.Groups["six"].Success && !TryPrefix(lengths.Groups["six"].Value, 128, out prefix6)) return null;
                if (value is not null) value = value[..lengths.Index];
            }
        }
        else if (read.Groups["cidr"].Length > 0)
        {
            return null;
        }

        var wanted = name is "include" or "exists";
        if (name == "all" ? value is not null : value is null ? wanted : !DnsResolver.CanAsk(value.TrimEnd('.'))) return null;
        return new SpfTerm(qualifier, name, value?.TrimEnd('.'), null, prefix4, prefix6, word);
    }

    private static bool TryPrefix(string text, int most, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= most;

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9_.-]*)=(?<value>.*)\z")]
    private static partial Regex Modifier();

    [GeneratedRegex(
        @"^(?<qualifier>[+?~-])?(?<name>all|include|ip4|ip6|a|mx|ptr|exists)(:(?<value>.+)|(?<cidr>(/\d+)?(//\d+)?))\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Mechanism();

    [GeneratedRegex(@"(/(?<four>\d+))?(//(?<six>\d+))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Prefixes();
}

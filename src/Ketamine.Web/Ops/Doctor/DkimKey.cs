namespace Ketamine.Web.Ops.Doctor;

/// <summary>A parsed DKIM key record (RFC 6376 §3.6.1): the parts that decide whether email signed with the key passes.</summary>
internal sealed record DkimKey
{
    /// <summary>The key's type for display, e.g. "RSA, 2048 bits"; null if unusable.</summary>
    public string? Kind { get; private init; }

    /// <summary>Revoked on purpose: the record exists, but its key is empty.</summary>
    public bool Revoked { get; private init; }

    /// <summary>Why few or no receivers accept the key, as the end of a sentence; null if it is fine.</summary>
    public string? Wrong { get; private init; }

    /// <summary>What could be better, as the end of a sentence.</summary>
    public string? Weak { get; private init; }

    /// <returns>Null if the text isn't a DKIM key at all; a wildcard TXT record may return other text.</returns>
    public static DkimKey? Read(string text)
    {
        if (TagList.Read(text) is not { } tags || !tags.TryGetValue("p", out var p)) return null;
        if (tags.TryGetValue("v", out var version) && (version != "DKIM1" || !text.TrimStart().StartsWith('v')))
            return new DkimKey { Wrong = "its v= isn't DKIM1 or doesn't come first" };
        var data = string.Concat(p.Where(c => !char.IsWhiteSpace(c)));
        if (data.Length == 0) return new DkimKey { Revoked = true };
        if (tags.TryGetValue("h", out var hashes) && !Listed(hashes, "sha256"))
            return new DkimKey { Wrong = "it doesn't allow SHA-256 (h=), the only hash that receivers still accept" };
        if (tags.TryGetValue("s", out var services) && !Listed(services, "*") && !Listed(services, "email"))
            return new DkimKey { Wrong = "it isn't for email (s=)" };
        var key = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, key, out var length))
            return new DkimKey { Wrong = "its key (p=) is damaged; usually part of it was lost in copying" };
        var testing = tags.TryGetValue("t", out var flags) && Listed(flags, "y") ? "it is marked as a test (t=y); remove that once email arrives" : null;
        return (tags.GetValueOrDefault("k") ?? "rsa").ToLowerInvariant() switch
        {
            "rsa" => Rsa(key.AsSpan(0, length), testing),
            "ed25519" when length == 32 => new DkimKey { Kind = "Ed25519", Weak = testing ?? "not every receiver supports Ed25519; add an RSA key too" },
            "ed25519" => new DkimKey { Wrong = "its key (p=) is damaged: an Ed25519 key has 32 bytes" },
            var other => new DkimKey { Wrong = $"its kind (k={other}) is unknown" },
        };
    }

    private static DkimKey Rsa(ReadOnlySpan<byte> key, string? testing)
    {
        try
        {
            using var rsa = RSA.Create();
            try
            {
                rsa.ImportSubjectPublicKeyInfo(key, out _);
            }
            catch (CryptographicException)
            {
                rsa.ImportRSAPublicKey(key, out _); // the form that RFC 6376 specifies, which is rare in practice
            }

            var kind = $"RSA, {rsa.KeySize} bits";
            return rsa.KeySize switch
            {
                < 1024 => new DkimKey { Kind = kind, Wrong = $"its RSA key has {rsa.KeySize} bits; receivers reject fewer than 1024 (RFC 8301)" },
                < 2048 => new DkimKey { Kind = kind, Weak = testing ?? "2048 bits are recommended today (RFC 8301); many providers can issue a new key" },
                _ => new DkimKey { Kind = kind, Weak = testing },
            };
        }
        catch (CryptographicException)
        {
            return new DkimKey { Wrong = "its key (p=) is damaged; usually part of it was lost in copying" };
        }
    }

    private static bool Listed(string list, string item) => list.Split(':', StringSplitOptions.TrimEntries).Contains(item, StringComparer.OrdinalIgnoreCase);
}

/// <summary>The <c>name=value;</c> lists of DKIM (RFC 6376 §3.2) and DMARC (RFC 9989 §4.7).</summary>
internal static class TagList
{
    /// <returns>Values by name; null if the text isn't such a list or repeats a name.</returns>
    public static Dictionary<string, string>? Read(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !tags.TryAdd(part[..at].TrimEnd(), part[(at + 1)..].TrimStart())) return null;
        }

        return tags;
    }
}

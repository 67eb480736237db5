using System.Security.Cryptography;

namespace Ketamine.Web.Ops.Doctor;

/// <summary>A DKIM key record taken apart (RFC 6376 §3.6.1) as far as it decides whether mail that is signed with it passes.</summary>
internal sealed record DkimKey
{
    /// <summary>The key for people, e.g. "RSA, 2048 bits"; null where there is none to speak of.</summary>
    public string? Kind { get; private init; }

    /// <summary>Withdrawn on purpose: the record is there, its key is empty.</summary>
    public bool Revoked { get; private init; }

    /// <summary>Why no receiver, or hardly one, accepts the key, as an end of a sentence; null where it is fine.</summary>
    public string? Wrong { get; private init; }

    /// <summary>What would better be otherwise, as an end of a sentence.</summary>
    public string? Weak { get; private init; }

    /// <returns>Null where the text is no DKIM key at all, which a TXT record for all names below a domain may bring here.</returns>
    public static DkimKey? Read(string text)
    {
        if (TagList.Read(text) is not { } tags || !tags.TryGetValue("p", out var p)) return null;
        if (tags.TryGetValue("v", out var version) && (version != "DKIM1" || !text.TrimStart().StartsWith('v')))
            return new DkimKey { Wrong = "its v= is not DKIM1, or does not come first" };
        var data = string.Concat(p.Where(c => !char.IsWhiteSpace(c)));
        if (data.Length == 0) return new DkimKey { Revoked = true };
        if (tags.TryGetValue("h", out var hashes) && !Listed(hashes, "sha256"))
            return new DkimKey { Wrong = "it allows no SHA-256 (h=), and nothing else is accepted today" };
        if (tags.TryGetValue("s", out var services) && !Listed(services, "*") && !Listed(services, "email"))
            return new DkimKey { Wrong = "it is not for email (s=)" };
        var key = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, key, out var length))
            return new DkimKey { Wrong = "its key (p=) is damaged; most often a part was lost in copying" };
        var testing = tags.TryGetValue("t", out var flags) && Listed(flags, "y") ? "it is marked as a test (t=y); take that out once mail arrives" : null;
        return (tags.GetValueOrDefault("k") ?? "rsa").ToLowerInvariant() switch
        {
            "rsa" => Rsa(key.AsSpan(0, length), testing),
            "ed25519" when length == 32 => new DkimKey { Kind = "Ed25519", Weak = testing ?? "not every receiver knows Ed25519; have an RSA key beside it" },
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
                rsa.ImportRSAPublicKey(key, out _); // the form that RFC 6376 names and hardly anybody writes
            }

            var kind = $"RSA, {rsa.KeySize} bits";
            return rsa.KeySize switch
            {
                < 1024 => new DkimKey { Kind = kind, Wrong = $"its RSA key has {rsa.KeySize} bits; under 1024 is not accepted (RFC 8301)" },
                < 2048 => new DkimKey { Kind = kind, Weak = testing ?? "2048 bits are wanted today (RFC 8301); many providers can renew it" },
                _ => new DkimKey { Kind = kind, Weak = testing },
            };
        }
        catch (CryptographicException)
        {
            return new DkimKey { Wrong = "its key (p=) is damaged; most often a part was lost in copying" };
        }
    }

    private static bool Listed(string list, string item) => list.Split(':', StringSplitOptions.TrimEntries).Contains(item, StringComparer.OrdinalIgnoreCase);
}

/// <summary>The <c>name=value;</c> lists that DKIM (RFC 6376 §3.2) and DMARC (RFC 9989 §4.7) are written in.</summary>
internal static class TagList
{
    /// <returns>Values by name; null where the text is no such list, or says a thing twice.</returns>
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

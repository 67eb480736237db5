namespace Ketamine.Web.Mail;

/// <summary>The key that signs email (RFC 6376): the configuration section <c>Mail:Dkim</c>.</summary>
public sealed record DkimOptions
{
    // RFC 8301 §3.2: receivers may ignore shorter keys.
    private const int ShortestKey = 1024;

    /// <summary>The domain of Mail:From or a parent of it; otherwise the signature doesn't count for DMARC (RFC 9989, relaxed alignment).</summary>
    public required string Domain { get; init; }

    /// <summary>The public key is at SELECTOR._domainkey.DOMAIN in DNS.</summary>
    public required string Selector { get; init; }

    /// <summary>The RSA key in PEM.</summary>
    public required string PrivateKey { get; init; }

    /// <summary>The public key (SubjectPublicKeyInfo) in base64, as the DNS record has it after <c>p=</c>.</summary>
    public string PublicKey
    {
        get
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(PrivateKey);
            return Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
        }
    }

    /// <summary>Null if the section is empty.</summary>
    internal static DkimOptions? Read(MailOptions.Reader reader)
    {
        var (domain, selector, file) = (reader.Value("Dkim:Domain"), reader.Value("Dkim:Selector"), reader.Value("Dkim:KeyFile"));
        if (domain is null && selector is null && file is null) return null;
        var name = domain is null ? null : AsciiHost(domain);
        if (name is null)
            reader.Mistake("Dkim:Domain", domain, "use the signing domain, e.g. your-clinic.com");
        else if (EmailAddress.TryParse(reader.Value("From"), out var from) && !$".{from.Domain}".EndsWith("." + name, StringComparison.Ordinal))
            reader.Mistake("Dkim:Domain", domain, $"use the domain of Mail:From ({from.Domain}) or its parent; receivers ignore other signatures");
        if (selector is null || AsciiHost(selector) is null) reader.Mistake("Dkim:Selector", selector, "use the name of the key in DNS, e.g. site2026");
        var key = file is null ? null : ReadKey(reader, file);
        if (file is null) reader.Mistake("Dkim:KeyFile", null, "use the path of a private key (RSA, PEM): openssl genrsa -out dkim.pem 2048");
        return new DkimOptions { Domain = name ?? "", Selector = selector ?? "", PrivateKey = key ?? "" };
    }

    private static string? AsciiHost(string name)
    {
        try
        {
            return new System.Globalization.IdnMapping { UseStd3AsciiRules = true }.GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string? ReadKey(MailOptions.Reader reader, string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            if (rsa.KeySize >= ShortestKey && rsa.ExportParameters(includePrivateParameters: true).D is not null) return pem;
            reader.Mistake("Dkim:KeyFile", file, $"use a key of at least {ShortestKey} bits, preferably 2048");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            var wanted = "use a readable private key (RSA, PEM, without a password): openssl genrsa -out dkim.pem 2048";
            reader.Mistake("Dkim:KeyFile", file, $"{wanted} ({e.GetType().Name})");
        }

        return null;
    }
}

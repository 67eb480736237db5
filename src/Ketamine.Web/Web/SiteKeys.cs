using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ketamine.Web.Web;

/// <summary>
/// The keys that encrypt the site's links and stored data: Data Protection's key ring in <c>Keys:Path</c>, one file per key. With
/// <c>Keys:Certificate</c>, the files are encrypted to an RSA certificate, so the folder alone is useless.
/// </summary>
public static class SiteKeys
{
    private const string Application = "Ketamine.Web";

    // The namespace in Data Protection's files.
    private static readonly XNamespace Xml = "http://schemas.asp.net/2015/03/dataProtection";

    /// <summary>The keys folder: <c>Keys:Path</c>, else <c>keys/</c> in <c>Data:Path</c>; created with the first key.</summary>
    public static DirectoryInfo Folder(IConfiguration configuration) =>
        new(configuration["Keys:Path"] is { Length: > 0 } path ? path : Path.Combine(configuration["Data:Path"] ?? "data", "keys"));

    /// <summary>Registers Data Protection with the site's keys. A certificate that can't be opened stops the start, and the message says why.</summary>
    public static IServiceCollection AddSiteKeys(this IServiceCollection services, IConfiguration configuration)
    {
        Use(services.AddDataProtection(), configuration);
        return services;
    }

    /// <summary>The same keys for a command that runs without the site.</summary>
    public static IDataProtectionProvider Open(IConfiguration configuration) =>
        DataProtectionProvider.Create(Folder(configuration), keys => Use(keys, configuration));

    private static void Use(IDataProtectionBuilder keys, IConfiguration configuration)
    {
        var folder = Folder(configuration);
        // Each key file names its algorithm, so older keys keep theirs.
        keys.SetApplicationName(Application).PersistKeysToFileSystem(folder)
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        if (Certificate("Keys:Certificate", keys, configuration) is not { } certificate) return;
        keys.ProtectKeysWithCertificate(certificate);
        if (Certificate("Keys:PreviousCertificate", keys, configuration) is { } previous)
        {
            // List both: listing any replaces what ProtectKeysWithCertificate has set.
            keys.UnprotectKeysWithAnyCertificate(certificate, previous);
            Rewrap(folder, previous, certificate);
        }

        EncryptEarlier(folder, certificate);
    }

    // Null if none is set; one that can't be opened stops the start with a message.
    private static X509Certificate2? Certificate(string key, IDataProtectionBuilder keys, IConfiguration configuration)
    {
        if (configuration[key] is not { Length: > 0 } file) return null;
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, configuration[key + "Password"]);
            if (!certificate.HasPrivateKey || certificate.GetRSAPublicKey() is null) throw new CryptographicException("it has no RSA key");
            return certificate;
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            keys.Services.AddOptions<KeyManagementOptions>().Validate(_ => false,
                $"{key} is {file}, which can't be used: {failure.Message.TrimEnd('.')}. Use a PKCS #12 file (.pfx) with an RSA key, "
                + $"and set its password in {key}Password");
            return null;
        }
    }

    // Moves keys from an earlier certificate to the one that replaces it. Each file says which certificate it is encrypted to.
    private static void Rewrap(DirectoryInfo folder, X509Certificate2 from, X509Certificate2 to)
    {
        if (!folder.Exists) return;
        var services = new ServiceCollection();
        services.AddDataProtection().UnprotectKeysWithAnyCertificate(from);
        using var provider = services.BuildServiceProvider();
        var (decryptor, encryptor) = (new EncryptedXmlDecryptor(provider), new CertificateXmlEncryptor(to, NullLoggerFactory.Instance));
        var old = Convert.ToBase64String(from.RawData);
        foreach (var file in folder.EnumerateFiles("key-*.xml"))
        {
            var key = XDocument.Load(file.FullName);
            var closed = key.Descendants(Xml + "encryptedSecret").Where(secret => IsTo(secret, old)).ToList();
            if (closed.Count == 0) continue;
            foreach (var secret in closed) secret.ReplaceWith(Closed(encryptor, decryptor.Decrypt(secret.Elements().Single())));
            Replace(file, key);
        }

        static bool IsTo(XElement secret, string certificate) => secret.Descendants().Any(element =>
            element.Name.LocalName == "X509Certificate" && string.Concat(element.Value.Where(letter => !char.IsWhiteSpace(letter))) == certificate);
    }

    // Keys written before the certificate was set are unencrypted in the folder and valid for months.
    private static void EncryptEarlier(DirectoryInfo folder, X509Certificate2 certificate)
    {
        if (!folder.Exists) return;
        var encryptor = new CertificateXmlEncryptor(certificate, NullLoggerFactory.Instance);
        foreach (var file in folder.EnumerateFiles("key-*.xml"))
        {
            var key = XDocument.Load(file.FullName);
            var open = key.Descendants().Where(element => (bool?)element.Attribute(Xml + "requiresEncryption") == true).ToList();
            if (open.Count == 0) continue;
            foreach (var secret in open) secret.ReplaceWith(Closed(encryptor, new XElement(secret)));
            Replace(file, key);
        }
    }

    private static XElement Closed(CertificateXmlEncryptor encryptor, XElement secret)
    {
        var closed = encryptor.Encrypt(secret);
        return new XElement(
            Xml + "encryptedSecret", new XAttribute("decryptorType", closed.DecryptorType.AssemblyQualifiedName!), closed.EncryptedElement);
    }

    // Write all or nothing: a half-written key is a lost key.
    private static void Replace(FileInfo file, XDocument key)
    {
        var written = file.FullName + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = file.UnixFileMode;
        using (var stream = new FileStream(written, options)) key.Save(stream);
        File.Move(written, file.FullName, overwrite: true);
    }
}

using System.Security.Cryptography;
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
/// The keys that seal what the site gives out and keeps: Data Protection's key ring in <c>Keys:Path</c>, a file per key. With <c>Keys:Certificate</c> the
/// files are encrypted to an RSA certificate, so that the folder alone opens nothing.
/// </summary>
public static class SiteKeys
{
    private const string Application = "Ketamine.Web";

    // Data Protection's own, in the files that it writes.
    private static readonly XNamespace Xml = "http://schemas.asp.net/2015/03/dataProtection";

    /// <summary>The folder of the keys: <c>Keys:Path</c>, else <c>keys/</c> in <c>Data:Path</c>; made when the first key is.</summary>
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
        // Each key file names its algorithm, and keys from before keep theirs.
        keys.SetApplicationName(Application).PersistKeysToFileSystem(folder)
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        if (configuration["Keys:Certificate"] is not { Length: > 0 } file) return;
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, configuration["Keys:CertificatePassword"]);
            if (!certificate.HasPrivateKey || certificate.GetRSAPublicKey() is null) throw new CryptographicException("it holds no RSA key");
            keys.ProtectKeysWithCertificate(certificate);
            EncryptEarlier(folder, certificate);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            keys.Services.AddOptions<KeyManagementOptions>().Validate(_ => false,
                $"Keys:Certificate is {file}, which can't be used: {failure.Message.TrimEnd('.')}. A PKCS #12 file (.pfx) with an RSA key is wanted, "
                + "and its password in Keys:CertificatePassword");
        }
    }

    // Keys that were written before the certificate lie open in the folder, and are valid for months.
    private static void EncryptEarlier(DirectoryInfo folder, X509Certificate2 certificate)
    {
        if (!folder.Exists) return;
        var encryptor = new CertificateXmlEncryptor(certificate, NullLoggerFactory.Instance);
        foreach (var file in folder.EnumerateFiles("key-*.xml"))
        {
            var key = XDocument.Load(file.FullName);
            var open = key.Descendants().Where(element => (bool?)element.Attribute(Xml + "requiresEncryption") == true).ToList();
            if (open.Count == 0) continue;
            foreach (var secret in open)
            {
                var closed = encryptor.Encrypt(new XElement(secret));
                secret.ReplaceWith(new XElement(
                    Xml + "encryptedSecret", new XAttribute("decryptorType", closed.DecryptorType.AssemblyQualifiedName!), closed.EncryptedElement));
            }

            // Whole or not at all: a key that is half written is a key lost.
            var written = file.FullName + ".tmp";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = file.UnixFileMode;
            using (var stream = new FileStream(written, options)) key.Save(stream);
            File.Move(written, file.FullName, overwrite: true);
        }
    }
}

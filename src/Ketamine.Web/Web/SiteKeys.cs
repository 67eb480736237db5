using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;

namespace Ketamine.Web.Web;

/// <summary>The keys that seal what the site gives out and keeps: Data Protection's key ring in <c>Keys:Path</c>, a file per key.</summary>
public static class SiteKeys
{
    private const string Application = "Ketamine.Web";

    /// <summary>The folder of the keys: <c>Keys:Path</c>, else <c>keys/</c> in <c>Data:Path</c>; made when the first key is.</summary>
    public static DirectoryInfo Folder(IConfiguration configuration) =>
        new(configuration["Keys:Path"] is { Length: > 0 } path ? path : Path.Combine(configuration["Data:Path"] ?? "data", "keys"));

    /// <summary>Registers Data Protection with the site's keys.</summary>
    public static IServiceCollection AddSiteKeys(this IServiceCollection services, IConfiguration configuration)
    {
        Configure(services.AddDataProtection()).PersistKeysToFileSystem(Folder(configuration));
        return services;
    }

    /// <summary>The same keys for a command that runs without the site.</summary>
    public static IDataProtectionProvider Open(DirectoryInfo folder) => DataProtectionProvider.Create(folder, keys => Configure(keys));

    // Each key file names its algorithm, and keys from before keep theirs.
    private static IDataProtectionBuilder Configure(IDataProtectionBuilder keys) => keys.SetApplicationName(Application)
        .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
}

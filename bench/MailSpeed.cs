using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ketamine.Content;
using Ketamine.Web.Mail;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Bench;

/// <summary>
/// Emails per second over one connection compared with one connection per email, with the site's own transport: STARTTLS, a sign-in, and a mail server
/// on this machine that answers each command immediately or after a round trip.
/// </summary>
internal static class MailSpeed
{
    private const string Trusted = "SSL_CERT_FILE";

    public static async Task<int> RunAsync()
    {
        // OpenSSL reads the variable when the process starts, so a child process with the variable does the measuring.
        if (Environment.GetEnvironmentVariable(Trusted) is not { } file || !file.Contains("ketamine-mail-speed", StringComparison.Ordinal))
            return await RunTrustingAsync();
        var (pem, key) = (await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(file + ".key"));
        using var certificate = X509Certificate2.CreateFromPem(pem, key);
        using var usable = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        Console.WriteLine("round trip   one connection per email   one connection   ratio");
        foreach (var (milliseconds, mails) in new[] { (0, 2000), (5, 400), (20, 100) })
        {
            var roundTrip = TimeSpan.FromMilliseconds(milliseconds);
            var apart = await MeasureAsync(usable, roundTrip, mails / 4, together: false);
            var together = await MeasureAsync(usable, roundTrip, mails, together: true);
            Console.WriteLine(
                $"{milliseconds, 7} ms {apart, 18:0} mails/s {together, 10:0} mails/s {together / apart, 7:0.0}"
            );
        }

        return 0;
    }

    private static async Task<double> MeasureAsync(X509Certificate2 certificate, TimeSpan roundTrip, int mails, bool together)
    {
        using var server = new FlakySmtp(failing: 0) { Certificate = certificate, RoundTrip = roundTrip };
        var options = Options.Create(new MailOptions
        {
            Host = "localhost",
            Port = server.Port,
            Security = MailSecurity.StartTls,
            User = "clinic",
            Password = "secret",
            From = EmailAddress.Parse("clinic@juniper.example"),
        }
    );
        var composer = new MailComposer(options, TimeProvider.System);
        using var tokens = new OAuth2Tokens(options, TimeProvider.System);
        var transport = new SmtpTransport(options, composer, tokens, TimeProvider.System);
        await SendAsync(transport, 0);
        var clock = Stopwatch.StartNew();
        for (var i = 1; i <= mails; i++)
        {
            if (!together)
            {
                await transport.DisposeAsync();
                transport = new SmtpTransport(options, composer, tokens, TimeProvider.System);
            }

            await SendAsync(transport, i);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        await transport.DisposeAsync();
        return server.Taken.Count == mails + 1 ? mails / seconds : throw new InvalidOperationException($"{server.Taken.Count} of {mails + 1} mails arrived.");

        async Task SendAsync(SmtpTransport by, int number) => await by.SendAsync(
            OutboxMessage.From(
                new MailDraft
                {
                    Kind = "bench",
                    To = EmailAddress.Parse($"reader{number}@reader.example"),
                    Subject = "November at Juniper House",
                    Body = new MailBody().Paragraph("We are open until eight on Thursdays."),
                },
                options.Value, TimeProvider.System.GetUtcNow()), CancellationToken.None);
    }

    private static async Task<int> RunTrustingAsync()
    {
        var home = Directory.CreateTempSubdirectory("ketamine-mail-speed-").FullName;
        try
        {
            var file = Path.Combine(home, "cert.pem");
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
            using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(file + ".key", key.ExportPkcs8PrivateKeyPem());
            var start = new ProcessStartInfo(
                Environment.ProcessPath!,
                [.. Environment.GetCommandLineArgs().Skip(Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? 0 : 1)]
            )
            {
                UseShellExecute = false,
            };
            start.Environment[Trusted] = file;
            using var child = Process.Start(start)!;
            await child.WaitForExitAsync();
            return child.ExitCode;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}

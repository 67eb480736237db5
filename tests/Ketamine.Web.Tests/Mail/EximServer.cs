using Ketamine.Web.Bench;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace Ketamine.Web.Tests.Mail;

/// <summary>
/// Exim 4 on its own port, with TLS, a test certificate, and sign-in, delivering to a Maildir. It refuses refused@… with 550, defers later@… with 451, and
/// accepts no email without sign-in.
/// </summary>
internal sealed class EximServer : IAsyncDisposable
{
    public const string User = "clinic";
    public const string Password = "corréct hörse"; // not ASCII: RFC 4954 and 4616 send UTF-8

    /// <summary>The XOAUTH2 token it accepts for <see cref="User"/>.</summary>
    public const string Token = "good.token-1";

    private const string Program = "/usr/sbin/exim4";
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-exim-").FullName;
    private readonly Process _process;

    private EximServer(int port, int tlsPort)
    {
        (Port, TlsPort) = (port, tlsPort);
        WriteCertificate();
        Directory.CreateDirectory(MailFolder);
        if (Environment.IsPrivilegedProcess) Run("chown", "-R", "Debian-exim:Debian-exim", _home);
        // Exim refuses a configuration that its own user could have written.
        File.WriteAllText(Path.Combine(_home, "exim.conf"), Configuration());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                Path.Combine(_home, "exim.conf"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
            );
        _process = Process.Start(
            new ProcessStartInfo(Program, ["-bdf", "-C", Path.Combine(_home, "exim.conf")])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
    }

    public static async Task<EximServer> StartAsync()
    {
        File.Exists(Program).ShouldBeTrue("This test needs a real mail server: apt-get install exim4-daemon-heavy (./test does it)");
        var server = new EximServer(LoopbackPort.Free(), LoopbackPort.Free());
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, server.Port);
                return server;
            }
            catch (SocketException) when (patience.Elapsed < TimeSpan.FromSeconds(10) && !server._process.HasExited)
            {
                await Task.Delay(50);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"Exim did not start. {await server._process.StandardError.ReadToEndAsync()}", e);
            }
        }
    }

    public int Port { get; }

    /// <summary>The port where TLS starts with the first byte, like port 465.</summary>
    public int TlsPort { get; }

    /// <summary>For SSL_CERT_FILE: the certificate that a process must trust to talk to this server.</summary>
    public string CertificateFile => Path.Combine(_home, "cert.pem");

    private string MailFolder => Path.Combine(_home, "mail");

    /// <summary>The server's log of incoming email.</summary>
    public string MainLog => File.Exists(Path.Combine(_home, "log", "main")) ? File.ReadAllText(Path.Combine(_home, "log", "main")) : "";

    /// <summary>Working settings for a connection without TLS, which is allowed within one machine.</summary>
    public (string, string)[] Settings =>
        [
            ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{Port}"), ("Mail:Security", "None"), ("Mail:User", User),
            ("Mail:Password", Password), ("Mail:TimeoutSeconds", "10"),
        ];

    /// <summary>Waits until <paramref name="count"/> emails are in the Maildir, and reads them.</summary>
    public async Task<IReadOnlyList<MimeMessage>> DeliveredAsync(int count)
    {
        var patience = Stopwatch.StartNew();
        var folder = Path.Combine(MailFolder, "new");
        while (true)
        {
            var files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
            if (files.Length >= count) return [.. files.Select(file => MimeMessage.Load(file))];
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), $"{files.Length} of {count} mails arrived; Exim says: {MainLog}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_home, recursive: true);
        }
        catch (IOException)
        {
            // A delivery is just ending. The system cleans up /tmp.
        }
    }

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_home, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private string Configuration()
    {
        // Without root, Exim drops its privileges for our configuration and does everything as the user who runs the tests.
        var (user, group) = Environment.IsPrivilegedProcess ? ("Debian-exim", "Debian-exim") : (Environment.UserName, Run("id", "-gn"));
        const string condition = "${if and{{eq{$auth2}{" + User + "}}{eq{$auth3}{" + Password + "}}}}";
        const string token = "${if match{$auth1}{\\N^user=" + User + "\\x01auth=Bearer " + Token + "\\x01\\x01$\\N}}";
        return $$"""
            primary_hostname = localhost
            exim_user = {{user}}
            exim_group = {{group}}
            deliver_drop_privilege
            daemon_smtp_ports = {{Port}} : {{TlsPort}}
            tls_on_connect_ports = {{TlsPort}}
            local_interfaces = 127.0.0.1
            spool_directory = {{_home}}/spool
            log_file_path = {{_home}}/log/%s
            pid_file_path = {{_home}}/exim.pid
            tls_advertise_hosts = *
            tls_certificate = {{_home}}/cert.pem
            tls_privatekey = {{_home}}/key.pem
            auth_advertise_hosts = *
            acl_smtp_rcpt = rcpt
            queue_run_max = 0
            smtp_accept_queue_per_connection = 0
            log_selector = +smtp_connection
            message_size_limit = 1M

            begin acl
            rcpt:
              deny message = sign in first
                   !authenticated = *
              deny message = 5.1.1 no such person as $local_part here
                   local_parts = refused
              defer message = 4.2.2 $local_part is full
                   local_parts = later
              accept

            begin routers
            everyone:
              driver = accept
              transport = maildir

            begin transports
            maildir:
              driver = appendfile
              user = {{user}}
              directory = {{MailFolder}}
              maildir_format
              envelope_to_add
              return_path_add

            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = {{condition}}
              server_set_id = $auth2

            xoauth2:
              driver = plaintext
              public_name = XOAUTH2
              server_prompts = :
              server_condition = {{token}}
              server_set_id = {{User}}

            """;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}

using System.Net;

namespace Ketamine.Web.Mail;

/// <summary>How email is sent: the configuration section <c>Mail</c>.</summary>
public sealed record MailOptions
{
    /// <summary>The mail server; null writes emails as files to Data:Path/mail.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535; by default 587, submission (RFC 6409), or 465 with <see cref="MailSecurity.Tls"/> (RFC 8314).</summary>
    public int Port { get; init; } = 587;

    /// <summary>Null if the server requires no sign-in.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>How <see cref="User"/> signs in.</summary>
    public MailAuth Auth { get; init; } = MailAuth.Password;

    /// <summary>Where access tokens come from; not null if <see cref="Auth"/> is <see cref="MailAuth.OAuth2"/>.</summary>
    public OAuth2Options? OAuth2 { get; init; }

    /// <summary>The key that the site signs email with; null if the mail server signs it, as most do.</summary>
    public DkimOptions? Dkim { get; init; }

    /// <summary>The sender's address. Message-IDs and EHLO also use its domain.</summary>
    public EmailAddress From { get; init; } = DefaultFrom;

    /// <summary>Who is notified of each lead; never empty.</summary>
    public ImmutableArray<EmailAddress> Staff { get; init; } = [DefaultStaff];

    /// <summary>How much of a lead an email to staff contains; null lets it depend on whether the desk is in use.</summary>
    public LeadDetail? LeadDetail { get; init; }

    /// <summary>How many copies of a newsletter to send per minute, 1 to 60000. Other email isn't limited.</summary>
    public int PerMinute { get; init; } = 120;

    /// <summary>The time limit for one email, from connecting to the server's final reply: 1 to 600 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    private static readonly EmailAddress DefaultFrom = EmailAddress.Parse("clinic@localhost.example");
    private static readonly EmailAddress DefaultStaff = EmailAddress.Parse("staff@localhost.example");

    /// <summary>Reads and checks the section. Reports all mistakes together, each with its key, the value found, and what to write instead.</summary>
    /// <exception cref="OptionsValidationException">The section has mistakes.</exception>
    public static MailOptions Read(IConfigurationSection section)
    {
        var reader = new Reader(section);
        var staff = reader.Addresses("Staff", DefaultStaff);
        var security = reader.Choice("Security", MailSecurity.StartTls);
        var options = new MailOptions
        {
            Host = reader.Value("Host"),
            Port = reader.Number("Port", security is MailSecurity.Tls ? 465 : 587, 1, 65535),
            User = reader.Value("User"),
            Password = section["Password"] is { Length: > 0 } password ? password : null,
            Security = security,
            Auth = reader.Choice("Auth", MailAuth.Password),
            OAuth2 = OAuth2Options.Read(reader),
            Dkim = DkimOptions.Read(reader),
            From = reader.Address("From", DefaultFrom),
            Staff = staff.IsEmpty ? [DefaultStaff] : staff,
            LeadDetail = reader.Value("LeadDetail") is null ? null : reader.Choice("LeadDetail", Mail.LeadDetail.Full),
            PerMinute = reader.Number("PerMinute", 120, 1, 60_000),
            Timeout = TimeSpan.FromSeconds(reader.Number("TimeoutSeconds", 60, 1, 600)),
        };
        if (options.Host is { } host) options.CheckHost(reader, host, staff.IsEmpty);
        options.CheckSignIn(reader);
        return reader.Mistakes.Count == 0 ? options : throw new OptionsValidationException("Mail", typeof(MailOptions), reader.Mistakes);
    }

    /// <summary>Whether a host, given by name or address, is this machine.</summary>
    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private void CheckHost(Reader reader, string host, bool noStaff)
    {
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown)
            reader.Mistake("Host", host, "use a host name or address without a port, e.g. smtp.example.com");
        if (Security is MailSecurity.None && !IsLoopback(host))
        {
            var wanted = $"only a mail server on this machine (localhost) may work without TLS, and Mail:Host is \"{host}\"; use StartTls or Tls";
            reader.Mistake("Security", "None", wanted);
        }

        if (reader.Value("From") is null) reader.Mistake("From", null, "because Mail:Host is set, set the address that email comes from");
        if (noStaff) reader.Mistake("Staff:0", null, "because Mail:Host is set, set at least one address to notify of leads");
    }

    private void CheckSignIn(Reader reader)
    {
        if (Auth is MailAuth.OAuth2)
        {
            if (User is null) reader.Mistake("User", null, "because Mail:Auth is OAuth2, set the mailbox that signs in, e.g. clinic@example.com");
            if (Password is not null) reader.Mistake("Password", "…", "Mail:Auth=OAuth2 doesn't use a password; remove it, or set Mail:Auth to Password");
            const string keys = "set TokenEndpoint, ClientId, ClientSecret, and Scope (Microsoft 365), or ServiceAccountFile (Google Workspace)";
            if (OAuth2 is null) reader.Mistake("OAuth2:TokenEndpoint", null, $"because Mail:Auth is OAuth2, {keys}");
            return;
        }

        if (OAuth2 is not null) reader.Mistake("Auth", "Password", "because Mail:OAuth2 is set, use OAuth2");
        if (User is not null && Password is null) reader.Mistake("Password", null, "because Mail:User is set, set its password");
        if (User is null && Password is not null) reader.Mistake("User", null, "because Mail:Password is set, set the user");
    }

    /// <summary>Reads one section and collects its mistakes.</summary>
    internal sealed class Reader(IConfigurationSection section)
    {
        public List<string> Mistakes { get; } = [];

        /// <summary>Null if it is missing or blank.</summary>
        public string? Value(string key) => section[key] is { } value && value.Trim().Length > 0 ? value.Trim() : null;

        /// <param name="found">Null if it isn't set.</param>
        public void Mistake(string key, string? found, string wanted) =>
            Mistakes.Add($"Mail:{key} is {(found is null ? "not set" : $"\"{found}\"")}; {wanted}");

        public int Number(string key, int otherwise, int least, int most)
        {
            if (Value(key) is not { } text) return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
            Mistake(key, text, $"use a whole number from {least} to {most}");
            return otherwise;
        }

        public T Choice<T>(string key, T otherwise) where T : struct, Enum
        {
            if (Value(key) is not { } text) return otherwise;
            if (text.All(char.IsAsciiLetterOrDigit) && !char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var choice)) return choice;
            Mistake(key, text, $"use one of {string.Join(", ", Enum.GetNames<T>())}");
            return otherwise;
        }

        public EmailAddress Address(string key, EmailAddress otherwise)
        {
            if (Value(key) is not { } text) return otherwise;
            if (EmailAddress.TryParse(text, out var address)) return address;
            Mistake(key, text, "use one address like clinic@example.com");
            return otherwise;
        }

        public ImmutableArray<EmailAddress> Addresses(string key, EmailAddress otherwise)
        {
            if (Value(key) is { } list) Mistake(key, list, $"use a list: Mail:{key}:0, Mail:{key}:1 (as environment variables Mail__{key}__0, …)");
            return
            [
                .. section.GetSection(key).GetChildren().Where(child => !string.IsNullOrWhiteSpace(child.Value))
                    .Select(child => Address($"{key}:{child.Key}", otherwise)),
            ];
        }
    }
}

/// <summary>How the connection to the mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>TLS after STARTTLS (RFC 3207), required, with a certificate that this machine trusts.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314), usually on port 465, with a certificate that this machine trusts.</summary>
    Tls,

    /// <summary>Plain text, only to this machine.</summary>
    None,
}

/// <summary>How the site signs in to the mail server.</summary>
public enum MailAuth
{
    /// <summary>User and password: PLAIN or LOGIN, or SCRAM where the server offers nothing else.</summary>
    Password,

    /// <summary>An access token, renewed every hour or so (XOAUTH2), for providers that no longer accept passwords.</summary>
    OAuth2,
}

/// <summary>How much of a lead the email to staff contains.</summary>
public enum LeadDetail
{
    /// <summary>Everything needed to answer.</summary>
    Full,

    /// <summary>First name, kind, and a link.</summary>
    Minimal,
}

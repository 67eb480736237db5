using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Ketamine.Content;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Mail;

/// <summary>How mail leaves the house: the configuration section <c>Mail</c>.</summary>
public sealed record MailOptions
{
    /// <summary>The mail server; null writes mails as files to Data:Path/mail.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535; 587 is submission (RFC 6409).</summary>
    public int Port { get; init; } = 587;

    /// <summary>Null: the server wants no sign-in.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>Who mails come from; its domain is also the Message-IDs'.</summary>
    public EmailAddress From { get; init; } = DefaultFrom;

    /// <summary>Who is told of each lead; never empty.</summary>
    public ImmutableArray<EmailAddress> Staff { get; init; } = [DefaultStaff];

    /// <summary>How much of a lead is in the email to staff; null leaves it to whether the desk is in use.</summary>
    public LeadDetail? LeadDetail { get; init; }

    /// <summary>How many copies of a newsletter go in a minute, 1 to 60000; mails to a single person are not held back.</summary>
    public int PerMinute { get; init; } = 120;

    /// <summary>How long one mail may take from connecting to the server's last word, 1 to 600 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    private static readonly EmailAddress DefaultFrom = EmailAddress.Parse("clinic@localhost.example");
    private static readonly EmailAddress DefaultStaff = EmailAddress.Parse("staff@localhost.example");

    /// <summary>Reads and checks the section; all that is wrong is told at once, each with its key, what it is and what it may be.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong.</exception>
    public static MailOptions Read(IConfigurationSection section)
    {
        var wrong = new List<string>();
        string? Value(string key) => section[key] is { } value && value.Trim().Length > 0 ? value.Trim() : null;
        void Wrong(string key, string? found, string wanted) => wrong.Add($"Mail:{key} is {(found is null ? "not set" : $"\"{found}\"")}; {wanted}");

        int Number(string key, int otherwise, int least, int most)
        {
            if (Value(key) is not { } text) return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
            Wrong(key, text, $"a whole number from {least} to {most} is wanted");
            return otherwise;
        }

        T Choice<T>(string key, T otherwise) where T : struct, Enum
        {
            if (Value(key) is not { } text) return otherwise;
            if (text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var choice)) return choice;
            Wrong(key, text, $"one of {string.Join(", ", Enum.GetNames<T>())} is wanted");
            return otherwise;
        }

        EmailAddress Address(string key, EmailAddress otherwise)
        {
            if (Value(key) is not { } text) return otherwise;
            if (EmailAddress.TryParse(text, out var address)) return address;
            Wrong(key, text, "one address like clinic@example.com is wanted");
            return otherwise;
        }

        var staff = section.GetSection("Staff").GetChildren().Where(child => !string.IsNullOrWhiteSpace(child.Value))
            .Select(child => Address($"Staff:{child.Key}", DefaultStaff)).ToImmutableArray();
        if (Value("Staff") is { } list) Wrong("Staff", list, "a list is wanted: Mail:Staff:0, Mail:Staff:1 (as environment variables Mail__Staff__0, …)");
        var options = new MailOptions
        {
            Host = Value("Host"),
            Port = Number("Port", 587, 1, 65535),
            User = Value("User"),
            Password = section["Password"] is { Length: > 0 } password ? password : null,
            Security = Choice("Security", MailSecurity.StartTls),
            From = Address("From", DefaultFrom),
            Staff = staff.IsEmpty ? [DefaultStaff] : staff,
            LeadDetail = Value("LeadDetail") is null ? null : Choice("LeadDetail", Mail.LeadDetail.Full),
            PerMinute = Number("PerMinute", 120, 1, 60_000),
            Timeout = TimeSpan.FromSeconds(Number("TimeoutSeconds", 60, 1, 600)),
        };
        if (options.Host is { } host)
        {
            if (Uri.CheckHostName(host) is UriHostNameType.Unknown) Wrong("Host", host, "a host's name or address without port is wanted, e.g. smtp.example.com");
            if (options.Security is MailSecurity.None && !IsLoopback(host))
                Wrong("Security", "None", $"only a mail server on this machine (localhost) may be spoken to without TLS, and Mail:Host is \"{host}\"; StartTls is wanted");
            if (Value("From") is null) Wrong("From", null, "the address that mails come from is wanted once Mail:Host is set");
            if (staff.IsEmpty) Wrong("Staff:0", null, "at least one address that is told of leads is wanted once Mail:Host is set");
        }

        if (options.User is not null && options.Password is null) Wrong("Password", null, "Mail:User is set, so its password is wanted");
        if (options.User is null && options.Password is not null) Wrong("User", null, "Mail:Password is set, so the user is wanted");
        return wrong.Count == 0 ? options : throw new OptionsValidationException("Mail", typeof(MailOptions), wrong);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>How the line to the mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>TLS from STARTTLS on (RFC 3207), required, with a certificate that this machine trusts.</summary>
    StartTls,

    /// <summary>Plain text, to this machine alone.</summary>
    None,
}

/// <summary>How much of a lead stands in the mail to staff.</summary>
public enum LeadDetail
{
    /// <summary>Everything that is needed to answer.</summary>
    Full,

    /// <summary>First name, kind and a link.</summary>
    Minimal,
}

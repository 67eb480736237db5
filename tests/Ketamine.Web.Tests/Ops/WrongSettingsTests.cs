using Ketamine.Web.Ops;
using Microsoft.Extensions.Configuration;

namespace Ketamine.Web.Tests.Ops;

public sealed class WrongSettingsTests
{
    [Theory]
    [InlineData("Database:Provider", "MySql", "Database:Provider is \"MySql\"; use Sqlite or Postgres")]
    [InlineData("Database:Provider", "1", "Database:Provider is \"1\"; use Sqlite or Postgres")]
    [InlineData("Database:Connections", "many", "Database:Connections is \"many\"; use a whole number")]
    [InlineData("Database:Queue", "99999999999", "Database:Queue is \"99999999999\"; use a whole number")]
    [InlineData("Leads:RetentionDays", "2 years", "Leads:RetentionDays is \"2 years\"; use a whole number")]
    [InlineData("Newsletter:RetryAfter", "soon", "Newsletter:RetryAfter is \"soon\"; use a time like 00:01:00")]
    [InlineData("limits:enabled", "yes", "Limits:Enabled is \"yes\"; use true or false")]
    [InlineData("Limits:Enabled", "", "Limits:Enabled is \"\"; use true or false")]
    [InlineData("Content:Git", "maybe", "Content:Git is \"maybe\"; use true or false")]
    [InlineData("Mail:Hots", "smtp.example.com", "Mail:Hots isn't a setting; did you mean Mail:Host?")]
    [InlineData("Mail:Transport", "files", "Mail:Transport isn't a setting; Mail has Host, Port, User")]
    [InlineData("Site:TrustedProxy:0", "10.0.0.5", "Site:TrustedProxy isn't a setting; did you mean Site:TrustedProxies?")]
    [InlineData("Keys:Cert", "keys.pfx", "Keys:Cert isn't a setting; Keys has Path, Certificate")]
    public void a_setting_that_nothing_reads_or_of_the_wrong_type_is_named_with_what_to_write(string key, string value, string says) =>
        WrongSettings.Problems(With(key, value)).ShouldHaveSingleItem().ShouldStartWith(says);

    [Theory]
    [InlineData("Database:Provider", "postgres")]
    [InlineData("Limits:Enabled", "False")]
    [InlineData("Mail:Staff:0", "staff@example.com")]
    [InlineData("Mail:OAuth2:Scope", "x")]
    [InlineData("Mail", "/var/mail/root")] // the variable MAIL of many shells
    [InlineData("Site:TrustedProxies", "10.0.0.5, 10.0.0.6")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections", "x")] // of the framework
    public void settings_that_are_read_pass(string key, string value) => WrongSettings.Problems(With(key, value)).ShouldBeEmpty();

    [Theory]
    [InlineData("--Data=elsewhere", "--Data isn't a setting; Data has Path")]
    [InlineData("--Mail:Hots=smtp.example.com", "--Mail:Hots isn't a setting; did you mean --Mail:Host?")]
    public void a_mistyped_argument_is_named_as_it_was_typed(string argument, string says)
    {
        using var errors = new StringWriter();
        WrongSettings.Report([argument], errors).ShouldBeTrue();
        errors.ToString().ShouldStartWith(says);
    }

    private static IConfiguration With(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
}

using System.CommandLine;
using Ketamine.Content.Editing;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Ops;

/// <summary><c>ops staff …</c>: manages the people who work at the desk.</summary>
public static class StaffCommands
{
    public static Command Create(OpsSite site) => new("staff", "The people who can sign in at /staff.")
    {
        Add(site),
        Reset(site),
        Off(site),
        List(site),
    };

    private static readonly (string Word, StaffRole Role)[] Roles =
        [("front-desk", StaffRole.FrontDesk), ("editor", StaffRole.Editor), ("owner", StaffRole.Owner)];

    private static Command Add(OpsSite site)
    {
        var name = new Argument<string>("name") { Description = "The name that colleagues use, e.g. Dana." };
        var email = EmailArgument();
        var role = PlainOption.OneOf("--role", "front-desk (leads and calls; the default), editor (content and newsletter, no leads), or owner (everything).",
            Roles);
        var command = new Command("add", "Adds a person and prints a link to create their first passkey.") { name, email, role };
        command.SetAction((line, cancellation) => WithAddressAsync(site, line, email, async (services, address) =>
        {
            var called = TypedText.OneLine(line.GetValue(name));
            if (called.Length is 0 or > StaffMember.MaxNameLength) return (1, $"Use a name of 1 to {StaffMember.MaxNameLength} characters.");
            var token = await services.GetRequiredService<StaffAccounts>().AddAsync(called, address, line.GetValue(role), AuditLog.Ops, cancellation);
            return token is null
                ? (1, $"{address} is already in use. ops staff list shows everyone; ops staff reset {address} creates a new link.")
                : (0, Link(services, token, $"{called} was added."));
        }, startsFolder: true));
        return command;
    }

    private static Command Reset(OpsSite site)
    {
        var email = EmailArgument();
        var command = new Command("reset",
            "Removes a person's passkeys, codes, and sessions, and prints a new link: for a lost device, or to readmit someone.") { email };
        command.SetAction((line, cancellation) => WithAddressAsync(site, line, email, async (services, address) =>
        {
            var accounts = services.GetRequiredService<StaffAccounts>();
            if (await accounts.FindAsync(address, cancellation) is not { } member) return NoSuchStaff(address);
            return (0, Link(services, await accounts.ResetAsync(member, AuditLog.Ops, cancellation),
                $"{member.Name}'s passkeys, codes, and sessions were removed."));
        }));
        return command;
    }

    private static Command Off(OpsSite site)
    {
        var email = EmailArgument();
        var command = new Command("off", "Ends a person's sessions right away and blocks sign-in. Their actions stay in the audit log.") { email };
        command.SetAction((line, cancellation) => WithAddressAsync(site, line, email, async (services, address) =>
        {
            var accounts = services.GetRequiredService<StaffAccounts>();
            if (await accounts.FindAsync(address, cancellation) is not { } member) return NoSuchStaff(address);
            return await accounts.DeactivateAsync(member, AuditLog.Ops, cancellation)
                ? (0, $"{member.Name} can no longer sign in.")
                : (1, $"{member.Name} is the only owner. Add another owner first: ops staff add NAME EMAIL --role owner");
        }));
        return command;
    }

    private static Command List(OpsSite site)
    {
        var command = new Command("list", "Lists everyone with their role and whether they have a passkey.");
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<ClinicDb>();
            var passkeys = await db.Set<StaffPasskey>().GroupBy(passkey => passkey.StaffId).Select(group => new { group.Key, Count = group.Count() })
                .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
            foreach (var member in await db.Set<StaffMember>().AsNoTracking().OrderBy(member => member.Name).ToListAsync(cancellation))
            {
                var count = passkeys.GetValueOrDefault(member.Id);
                var state = !member.IsActive ? "off" : count == 0 ? "no passkey yet" : ContentCheck.Count(count, "passkey");
                await line.InvocationConfiguration.Output.WriteLineAsync(
                    $"{member.Name}  {member.Email}  {Array.Find(Roles, known => known.Role == member.Role).Word}  {state}");
            }

            return 0;
        }));
        return command;
    }

    private static Argument<string> EmailArgument() => new("email") { Description = "Their email address." };

    private static (int, string) NoSuchStaff(EmailAddress address) => (1, $"No one has the address {address}; ops staff list shows everyone.");

    private static string Link(IServiceProvider services, string token, string first)
    {
        var home = services.GetRequiredService<StaffPasskeys>().Home;
        var clinic = services.GetRequiredService<ContentStore>().Current.Clinic;
        var until = Instant.FromDateTimeOffset(services.GetRequiredService<TimeProvider>().GetUtcNow() + StaffAccounts.LinkLasts).InZone(clinic.TimeZone);
        return $"{first} Open this link before {LeadTimes.Clock(until.TimeOfDay)} {until.GetZoneInterval().Name}, on the device they'll use. "
            + $"It works once:\n{new Uri(home, $"/staff/enroll/{token}")}";
    }

    private static Task<int> WithAddressAsync(OpsSite site, ParseResult line, Argument<string> email, Func<IServiceProvider, EmailAddress,
        Task<(int Code, string Said)>> work, bool startsFolder = false) =>
        site.RunAsync(async services =>
        {
            var (code, said) = EmailAddress.TryParse(line.GetValue(email), out var address)
                ? await work(services, address)
                : (1, EmailAddress.IsInternationalized(line.GetValue(email))
                    ? $"Email can't be sent to \"{line.GetValue(email)}\": only letters from a to z can be before the @."
                    : $"\"{line.GetValue(email)}\" is not an email address; write one like name@example.com.");
            await (code == 0 ? line.InvocationConfiguration.Output : line.InvocationConfiguration.Error).WriteLineAsync(said);
            return code;
        }, startsFolder);
}

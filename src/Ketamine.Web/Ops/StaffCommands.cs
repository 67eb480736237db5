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
        return OnAddress(site, "add", "Adds a person and prints a link to create their first passkey.",
            [name, email, role], email, async (run, address, cancellation) =>
        {
            var called = TypedText.OneLine(run.Value(name));
            if (called.Length is 0 or > StaffMember.MaxNameLength) return (1, $"Use a name of 1 to {StaffMember.MaxNameLength} characters.");
            var token = await run.Get<StaffAccounts>().AddAsync(called, address, run.Value(role), AuditLog.Ops, cancellation);
            return token is null
                ? (1, $"{address} is already in use. ops staff list shows everyone; ops staff reset {address} creates a new link.")
                : (0, Link(run, token, $"{called} was added."));
        }, startsFolder: true);
    }

    private static Command Reset(OpsSite site)
    {
        var email = EmailArgument();
        return OnAddress(site, "reset",
            "Removes a person's passkeys, codes, and sessions, and prints a new link: for a lost device, or to readmit someone.",
            [email], email, async (run, address, cancellation) =>
        {
            var accounts = run.Get<StaffAccounts>();
            if (await accounts.FindAsync(address, cancellation) is not { } member) return NoSuchStaff(address);
            return (0, Link(run, await accounts.ResetAsync(member, AuditLog.Ops, cancellation),
                $"{member.Name}'s passkeys, codes, and sessions were removed."));
        });
    }

    private static Command Off(OpsSite site)
    {
        var email = EmailArgument();
        return OnAddress(site, "off", "Ends a person's sessions right away and blocks sign-in. Their actions stay in the audit log.",
            [email], email, async (run, address, cancellation) =>
        {
            var accounts = run.Get<StaffAccounts>();
            if (await accounts.FindAsync(address, cancellation) is not { } member) return NoSuchStaff(address);
            return await accounts.DeactivateAsync(member, AuditLog.Ops, cancellation)
                ? (0, $"{member.Name} can no longer sign in.")
                : (1, $"{member.Name} is the only owner. Add another owner first: ops staff add NAME EMAIL --role owner");
        });
    }

    private static Command List(OpsSite site) => site.Command("list", "Lists everyone with their role and whether they have a passkey.",
        [], async (run, cancellation) =>
    {
        var db = run.Db;
        var passkeys = await db.Set<StaffPasskey>().GroupBy(passkey => passkey.StaffId).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        foreach (var member in await db.Set<StaffMember>().AsNoTracking().OrderBy(member => member.Name).ToListAsync(cancellation))
        {
            var count = passkeys.GetValueOrDefault(member.Id);
            var state = !member.IsActive ? "off" : count == 0 ? "no passkey yet" : ContentCheck.Count(count, "passkey");
            await run.WriteAsync($"{member.Name}  {member.Email}  {Array.Find(Roles, known => known.Role == member.Role).Word}  {state}");
        }

        return 0;
    });

    private static Argument<string> EmailArgument() => new("email") { Description = "Their email address." };

    private static (int, string) NoSuchStaff(EmailAddress address) => (1, $"No one has the address {address}; ops staff list shows everyone.");

    private static string Link(OpsRun run, string token, string first)
    {
        var home = run.Get<StaffPasskeys>().Home;
        var clinic = run.Clinic;
        var until = (run.Now + StaffAccounts.LinkLasts).InZone(clinic.TimeZone);
        return $"{first} Open this link before {LeadTimes.Clock(until.TimeOfDay)} {until.GetZoneInterval().Name}, on the device they'll use. "
            + $"It works once:\n{new Uri(home, $"/staff/enroll/{token}")}";
    }

    private static Command OnAddress(
        OpsSite site, string name, string description, IEnumerable<Symbol> inputs, Argument<string> email,
        Func<OpsRun, EmailAddress, CancellationToken, Task<(int Code, string Said)>> work, bool startsFolder = false) =>
        site.Command(name, description, inputs, async (run, cancellation) =>
        {
            var (code, said) = EmailAddress.TryParse(run.Value(email), out var address)
                ? await work(run, address, cancellation)
                : (1, EmailAddress.IsInternationalized(run.Value(email))
                    ? $"Email can't be sent to \"{run.Value(email)}\": only letters from a to z can be before the @."
                    : $"\"{run.Value(email)}\" is not an email address; write one like name@example.com.");
            await (code == 0 ? run.Output : run.Error).WriteLineAsync(said);
            return code;
        }, startsFolder);
}

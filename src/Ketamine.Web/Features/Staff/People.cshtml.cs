using Ketamine.Web.Data;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Manages who works at the desk. For owners.</summary>
[StaffAccess]
public sealed class PeopleModel(DeskContext desk, ClinicDb db, StaffAccounts accounts, StaffPasskeys passkeys) : DeskPage(desk)
{
    public IReadOnlyList<(StaffMember Member, int Passkeys, DateTimeOffset? Seen)> People { get; private set; } = [];

    /// <summary>The link just created, to hand to its owner; shown only once.</summary>
    public Uri? Link { get; private set; }

    public string? LinkFor { get; private set; }
    public string? Refusal { get; private set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public StaffRole Role { get; set; }

    public Task OnGetAsync(CancellationToken cancellation) => LoadAsync(cancellation);

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancellation)
    {
        var name = TypedText.OneLine(Name);
        if (name.Length is 0 or > StaffMember.MaxNameLength) Errors.Add("name", "Enter a name of 1 to 60 characters");
        if (!EmailAddress.TryParse(Email, out var email))
        {
            Errors.Add("email", EmailAddress.IsInternationalized(Email)
                ? "We can’t email addresses with letters other than a to z before the @. Use another address"
                : "Enter an email address like name@example.com");
        }

        if (!Enum.IsDefined(Role)) Errors.Add("role", "Choose what they may see");
        if (Errors.Any || email is null) return await RefuseAsync(null, cancellation);
        if (await accounts.AddAsync(name, email, Role, Me.Name, cancellation) is not { } token)
        {
            Errors.Add("email", "Someone in the list already has this address");
            return await RefuseAsync(null, cancellation);
        }

        (Name, Email) = (null, null);
        return await ShowLinkAsync(token, name, cancellation);
    }

    public async Task<IActionResult> OnPostResetAsync(Guid id, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } member) return NotFound();
        if (member.Id == Me.Id) return await RefuseAsync("You can’t reset yourself: add or remove passkeys under “Your passkeys.”", cancellation);
        return await ShowLinkAsync(await accounts.ResetAsync(member, Me.Name, cancellation), member.Name, cancellation);
    }

    public async Task<IActionResult> OnPostOffAsync(Guid id, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } member) return NotFound();
        return await accounts.DeactivateAsync(member, Me.Name, cancellation)
            ? new SeeOther("/staff/people")
            : await RefuseAsync($"{member.Name} is the last owner. Add another owner first.", cancellation);
    }

    private Task<StaffMember?> FindAsync(Guid id, CancellationToken cancellation) => db.Set<StaffMember>()
        .FirstOrDefaultAsync(member => member.Id == id, cancellation);

    private async Task<IActionResult> ShowLinkAsync(string token, string name, CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        (Link, LinkFor) = (new Uri(passkeys.Home, $"/staff/enroll/{token}"), name);
        return Page();
    }

    private async Task<IActionResult> RefuseAsync(string? sentence, CancellationToken cancellation)
    {
        Refusal = sentence;
        await LoadAsync(cancellation);
        return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("People", "/staff/people");
        var keys = await db.Set<StaffPasskey>().GroupBy(passkey => passkey.StaffId).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        var seen = await db.Set<StaffSession>().GroupBy(session => session.StaffId)
            .Select(group => new { group.Key, At = group.Max(session => session.SeenAt) })
            .ToDictionaryAsync(group => group.Key, group => group.At, cancellation);
        People = [.. (await db.Set<StaffMember>().AsNoTracking().OrderBy(member => member.Name).ToListAsync(cancellation))
            .Select(member => (member, keys.GetValueOrDefault(member.Id), seen.TryGetValue(member.Id, out var at) ? at : (DateTimeOffset?)null))];
    }
}

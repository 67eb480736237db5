using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Ketamine.Web.Leads;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Records that someone wants no more calls, texts, voicemails, or emails.</summary>
[StaffAccess(StaffRole.FrontDesk)]
public sealed class StopContactModel(DeskContext desk, LeadWork work, ContactStops stops) : DeskPage(desk)
{
    public static readonly IReadOnlyList<(StopMethod Way, string Words)> Ways =
    [
        (StopMethod.Text, "They answered a text"), (StopMethod.Phone, "On the phone"), (StopMethod.Email, "By email"), (StopMethod.InPerson, "In person"),
    ];

    [BindProperty(SupportsGet = true)]
    public string Reference { get; set; } = "";

    [BindProperty]
    public List<ContactChannels> Channels { get; set; } = [];

    [BindProperty]
    public StopMethod How { get; set; } = StopMethod.Text;

    public Lead Lead { get; private set; } = null!;

    /// <summary>The channels that are still allowed.</summary>
    public IEnumerable<(ContactChannels Channel, string Words)> Choices =>
        new (ContactChannels Channel, string Words, bool Given)[]
        {
            (ContactChannels.Call, "Calls", Lead.Phone is not null), (ContactChannels.Text, "Texts", Lead.Phone is not null),
            (ContactChannels.Voicemail, "Voicemails", Lead.Phone is not null),
            (ContactChannels.Email, "Emails, including the newsletter", Lead.Email is not null),
        }.Where(choice => choice.Given && !Lead.Stopped.HasFlag(choice.Channel)).Select(choice => (choice.Channel, choice.Words));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await OpenAsync(cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await OpenAsync(cancellation)) return NotFound();
        var wanted = Choices.Select(choice => choice.Channel).Where(Channels.Contains).Aggregate(ContactChannels.None, (all, channel) => all | channel);
        if (wanted is ContactChannels.None)
        {
            Errors.Add("channels", "Check what we should stop");
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        await stops.StopAsync(Lead.Id, wanted, How, Stamp, cancellation);
        return new SeeOther($"/staff/leads/{Lead.Reference}");
    }

    private async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        if (await work.FindAsync(Reference, cancellation) is not { IsHeld: false } lead) return false;
        (Lead, Title, Place) = (lead, $"{lead.FirstName} asked us to stop", "/staff");
        return true;
    }
}

using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>The navigation bar of the desk, with only the pages that a role may use.</summary>
public static class DeskBar
{
    private static readonly ImmutableArray<Entry> All =
    [
        new("Queue", "/staff", First: true, [StaffRole.FrontDesk]),
        new("Calls", "/staff/calls", First: true, [StaffRole.FrontDesk]),
        new("Add a lead", "/staff/leads/add", First: true, [StaffRole.FrontDesk]),
        new("Content", "/staff/content", First: true, [StaffRole.Editor]),
        new("Numbers", "/staff/numbers", First: false, [StaffRole.FrontDesk, StaffRole.Editor]),
        new("People", "/staff/people", First: false, []),
        new("Audit", "/staff/audit", First: false, []),
    ];

    // Used too rarely for the bar. The content page also links to the newsletter.
    private static readonly ImmutableArray<Entry> Rest =
    [
        new("Newsletter", "/staff/newsletter", First: false, [StaffRole.Editor]),
        new("Calls in your own calendar", "/staff/calendar", First: false, [StaffRole.FrontDesk]),
        new("Keyboard", "/staff/keys", First: false, [StaffRole.FrontDesk]),
    ];

    public static IEnumerable<Entry> For(StaffRole role) => Of(All, role);

    /// <summary>The pages under More for a role: those that don't fit a phone's bar, and those that are never in the bar.</summary>
    public static IEnumerable<Entry> MoreFor(StaffRole role) => Of(All, role).Where(entry => !entry.First).Concat(RestFor(role));

    /// <summary>The pages that are never in the bar.</summary>
    public static IEnumerable<Entry> RestFor(StaffRole role) => Of(Rest, role);

    private static IEnumerable<Entry> Of(ImmutableArray<Entry> entries, StaffRole role) =>
        entries.Where(entry => role is StaffRole.Owner || entry.Roles.Contains(role));

    /// <param name="First">Whether it stays in the bar on a phone. The others are under More there.</param>
    /// <param name="Roles">The roles that may use it, besides owners.</param>
    public sealed record Entry(string Title, string Href, bool First, ImmutableArray<StaffRole> Roles);
}

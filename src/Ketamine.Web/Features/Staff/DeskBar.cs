using System.Collections.Immutable;
using Ketamine.Web.Features.Staff.Accounts;

namespace Ketamine.Web.Features.Staff;

/// <summary>The bar on top of the desk: the pages of a role, and no others.</summary>
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

    // Too seldom wanted for the bar; the newsletter is also led to from the content.
    private static readonly ImmutableArray<Entry> Rest =
    [
        new("Newsletter", "/staff/newsletter", First: false, [StaffRole.Editor]),
        new("Calls in your own calendar", "/staff/calendar", First: false, [StaffRole.FrontDesk]),
        new("Keyboard", "/staff/keys", First: false, [StaffRole.FrontDesk]),
    ];

    public static IEnumerable<Entry> For(StaffRole role) => Of(All, role);

    /// <summary>What a role finds under More: what a phone's bar has no room for, and what no bar has.</summary>
    public static IEnumerable<Entry> MoreFor(StaffRole role) => Of(All, role).Where(entry => !entry.First).Concat(RestFor(role));

    /// <summary>What no bar has.</summary>
    public static IEnumerable<Entry> RestFor(StaffRole role) => Of(Rest, role);

    private static IEnumerable<Entry> Of(ImmutableArray<Entry> entries, StaffRole role) =>
        entries.Where(entry => role is StaffRole.Owner || entry.Roles.Contains(role));

    /// <param name="First">Stays on a phone's bar; the others are under More there.</param>
    /// <param name="Roles">Beside owners.</param>
    public sealed record Entry(string Title, string Href, bool First, ImmutableArray<StaffRole> Roles);
}

using Ketamine.Web.Data;
using Ketamine.Web.Leads;

namespace Ketamine.Web.Features.Staff;

/// <summary>Finds leads by reference, email address, number, or name. Names are encrypted, so they are compared in memory, newest first.</summary>
public sealed class LeadSearch(ClinicDb db)
{
    /// <summary>The leads found, newest first.</summary>
    /// <param name="typed">The search text as typed.</param>
    /// <param name="most">The most leads to return.</param>
    public async Task<IReadOnlyList<Lead>> FindAsync(string typed, int most, CancellationToken cancellation)
    {
        var wanted = TypedText.OneLine(typed);
        var leads = db.Set<Lead>().AsNoTracking();
        var reference = LeadReference.Read(wanted);
        if (await leads.FirstOrDefaultAsync(lead => lead.Reference == reference, cancellation) is { } called) return [called];
        var digits = string.Concat(wanted.Where(char.IsAsciiDigit));
        var found = new List<Lead>();
        await foreach (var lead in leads.OrderByDescending(lead => lead.CreatedAt).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (!Matches(lead, wanted, digits)) continue;
            found.Add(lead);
            if (found.Count == most) break;
        }

        return found;
    }

    private static bool Matches(Lead lead, string wanted, string digits) =>
        CultureInfo.InvariantCulture.CompareInfo.IndexOf(lead.Name, wanted, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0
        || (lead.Email is { } email && email.Contains(wanted, StringComparison.OrdinalIgnoreCase))
        || (digits.Length >= 4 && lead.Phone is { } phone && phone.Contains(digits, StringComparison.Ordinal));
}

namespace Ketamine.Content.Model;

/// <summary>Facts that the law, a board, or a patient may ask for: licenses, the medical director, who handles data.</summary>
public sealed record PracticeFacts
{
    /// <summary>The clinic's own license, if its state grants one.</summary>
    public License? License { get; init; }

    /// <summary>The medical director; a person in people.yml.</summary>
    public Person? MedicalDirector { get; init; }

    /// <summary>Registrations with a state or program, such as the REMS required for esketamine.</summary>
    public ImmutableArray<Registration> Registrations { get; init; } = [];

    /// <summary>
    /// Whether the clinic takes money from the US Department of Health and Human Services, including Medicare and Medicaid; null if not stated.
    /// </summary>
    public bool? FederalFunds { get; init; }

    /// <summary>The contact for interpreters, aids, and complaints about discrimination.</summary>
    public CivilRightsCoordinator? CivilRights { get; init; }

    /// <summary>The line that offers free language help, by language (BCP 47), in the file's order; the site provides English and Spanish.</summary>
    public ImmutableArray<(string Language, string Line)> LanguageHelp { get; init; } = [];

    /// <summary>Companies that handle what visitors send, each with what it does; default if not stated, empty if there are none.</summary>
    public ImmutableArray<string> Processors { get; init; }

    /// <summary>Affiliates that get it; default if not stated, empty if there are none.</summary>
    public ImmutableArray<string> Affiliates { get; init; }

    /// <summary>Days for which backups keep deleted data; null if not stated.</summary>
    public int? BackupDays { get; init; }

    /// <summary>The effective date of the clinic's notices about data; null if not stated.</summary>
    public LocalDate? NoticesEffective { get; init; }

    /// <summary>The clinic's license, if any, and registrations, for the footer.</summary>
    /// <param name="license">The word for a license in the site's language.</param>
    public IEnumerable<Registration> Listed(string license) =>
        (License is null ? [] : new[] { new Registration(license, License.Number, License.Board, License.LookUp) }).Concat(Registrations);

    /// <summary>The keys present in clinic.yml, including those with an empty list.</summary>
    public ImmutableHashSet<string> GivenKeys { get; init; } = [];
}

/// <summary>A registration of the clinic.</summary>
/// <param name="Name">What it is: "REMS-certified to give esketamine".</param>
/// <param name="Number">As the registry writes it.</param>
/// <param name="By">The registry.</param>
/// <param name="LookUp">Where anyone can check it; https.</param>
public sealed record Registration(string Name, string? Number, string? By, Uri? LookUp);

/// <summary>The contact for help with a language or disability, and for complaints.</summary>
/// <param name="Name">A person or an office.</param>
public sealed record CivilRightsCoordinator(string Name, PhoneNumber? Phone, EmailAddress? Email);

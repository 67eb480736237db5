using System.Collections.Immutable;

namespace Ketamine.Content.Model;

/// <summary>What the law, a board or a patient may ask of a clinic beyond its name: licenses, who answers for its medicine, who handles its data.</summary>
public sealed record PracticeFacts
{
    /// <summary>The clinic's own license, where its state grants one.</summary>
    public License? License { get; init; }

    /// <summary>Who answers for the medicine; a person of people.yml.</summary>
    public Person? MedicalDirector { get; init; }

    /// <summary>With a state, or with a program such as the one that esketamine may be given under only.</summary>
    public ImmutableArray<Registration> Registrations { get; init; } = [];

    /// <summary>
    /// The clinic takes money from the US Department of Health and Human Services, Medicare and Medicaid included; null where it doesn't say.
    /// </summary>
    public bool? FederalFunds { get; init; }

    /// <summary>Whom to ask for an interpreter or an aid, and who hears a complaint about discrimination.</summary>
    public CivilRightsCoordinator? CivilRights { get; init; }

    /// <summary>The line that offers free help with languages, by language (BCP 47), in the file's order; English and Spanish are the site's own.</summary>
    public ImmutableArray<(string Language, string Line)> LanguageHelp { get; init; } = [];

    /// <summary>Companies that handle what visitors send, each with what it does; default where the clinic doesn't say, empty where there is none.</summary>
    public ImmutableArray<string> Processors { get; init; }

    /// <summary>Affiliates that get it; default where the clinic doesn't say, empty where there is none.</summary>
    public ImmutableArray<string> Affiliates { get; init; }

    /// <summary>Days for which a backup holds what was deleted; null where the clinic doesn't say.</summary>
    public int? BackupDays { get; init; }

    /// <summary>Since when the clinic's notices about data hold; null where it doesn't say.</summary>
    public NodaTime.LocalDate? NoticesEffective { get; init; }

    /// <summary>The clinic's license, where it has one, and its registrations, as the footer lists them.</summary>
    /// <param name="license">What a license is called in the site's language.</param>
    public IEnumerable<Registration> Listed(string license) =>
        (License is null ? [] : new[] { new Registration(license, License.Number, License.Board, License.LookUp) }).Concat(Registrations);

    /// <summary>The keys that clinic.yml gives, an empty list included.</summary>
    public ImmutableHashSet<string> Said { get; init; } = [];
}

/// <summary>A registration of the clinic.</summary>
/// <param name="Name">What it is: "REMS-certified to give esketamine".</param>
/// <param name="Number">As its keeper writes it.</param>
/// <param name="By">Who keeps the register.</param>
/// <param name="LookUp">Where anyone can check it; https.</param>
public sealed record Registration(string Name, string? Number, string? By, Uri? LookUp);

/// <summary>Whom to ask for help with a language or a disability, and where a complaint goes.</summary>
/// <param name="Name">A person or an office.</param>
public sealed record CivilRightsCoordinator(string Name, PhoneNumber? Phone, EmailAddress? Email);

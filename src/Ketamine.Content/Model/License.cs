namespace Ketamine.Content.Model;

/// <summary>A license to practice.</summary>
/// <param name="Number">As the board writes it.</param>
/// <param name="Board">Who granted it: "Colorado Medical Board".</param>
/// <param name="LookUp">Where anyone can check it; https.</param>
public sealed record License(string Number, string? Board, Uri? LookUp);

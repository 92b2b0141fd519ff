namespace Llmc.Text.AddedTokens;

/// <summary>A token that is found in the text before the model sees it.</summary>
/// <param name="Content">As it stands in the text.</param>
/// <param name="Id">Its id.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="StripsLeft">Takes the white space before it.</param>
/// <param name="StripsRight">Takes the white space behind it.</param>
/// <param name="Normalized">Found in the normalized text, in its own normalized spelling.</param>
/// <param name="Special">Left out when special tokens are skipped.</param>
sealed record AddedToken(string Content, int Id, bool SingleWord, bool StripsLeft, bool StripsRight, bool Normalized, bool Special);

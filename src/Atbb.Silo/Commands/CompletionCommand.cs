using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb completion</c>: what a shell needs to complete command lines.</summary>
static class CompletionCommand
{
    // Each asks the program itself what may stand at the cursor, so that no list of commands is kept twice. The program is asked by the
    // name it was called by, without that name in the line.
    const string Bash = """
        # atbb completion for bash:  eval "$(atbb completion bash)"
        _atbb() {
            local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
            line=${line#"${COMP_WORDS[0]}"} line=${line# }
            # What stands before the word alone: "run" is a command, and "runs" is one, too.
            line=${line%"$word"}
            local IFS=$'\n' unwanted='[-/]*'
            [[ $word == -* ]] && unwanted=
            COMPREPLY=($(compgen -X "$unwanted" -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _atbb atbb
        """;

    const string Zsh = """
        #compdef atbb
        # atbb completion for zsh:  eval "$(atbb completion zsh)"
        _atbb() {
            local line="${words[2,-1]}"
            local -a suggestions
            suggestions=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            suggestions=(${suggestions:#})
            if (( ${#suggestions} )); then compadd -- "${suggestions[@]}"; else _files; fi
        }
        compdef _atbb atbb
        """;

    const string Fish = """
        # atbb completion for fish:  atbb completion fish | source
        function __atbb_complete
            set -l line (commandline -cp | string replace -r '^\s*\S+\s*' '')
            atbb "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c atbb -a '(__atbb_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish.", HelpName = "bash|zsh|fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", """
            Prints the script by which a shell completes atbb's command lines.

              eval "$(atbb completion bash)"      in ~/.bashrc
              eval "$(atbb completion zsh)"       in ~/.zshrc, after compinit
              atbb completion fish | source       in ~/.config/fish/config.fish
            """);
        command.Arguments.Add(shell);
        command.SetAction(line =>
        {
            Console.Out.WriteLine(line.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCode.Completed;
        });
        return command;
    }
}

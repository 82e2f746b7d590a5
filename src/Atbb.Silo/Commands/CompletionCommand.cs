using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb completion</c>: what a shell needs to complete command lines.</summary>
static class CompletionCommand
{
    // Each asks the program itself what may stand at the cursor, so that no list of commands is kept twice. The program is asked by the
    // name it was called by, without that name in the line, and without the word at the cursor: "run" is a command, and "runs" is one, too.
    // What begins with a dash or a slash is kept for whoever has typed one.
    const string Bash = """
        # atbb completion for bash:  eval "$(atbb completion bash)"
        _atbb() {
            local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
            line=${line#"${COMP_WORDS[0]}"} line=${line# }
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
            local word="${words[CURRENT]}" line="${(j: :)words[2,CURRENT-1]}"
            line=${line:+$line }
            local -a suggestions
            suggestions=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            [[ $word == -* ]] || suggestions=(${suggestions:#[-/]*})
            suggestions=(${${(M)suggestions:#${(b)word}*}:#})
            if (( ${#suggestions} )); then compadd -- "${suggestions[@]}"; else _files; fi
        }
        compdef _atbb atbb
        """;

    const string Fish = """
        # atbb completion for fish:  atbb completion fish | source
        function __atbb_complete
            set -l word (commandline -ct)
            set -l line (commandline -cp | string replace -r '^\s*\S+\s*' '' | string replace -r '\S*$' '')
            set -l suggestions (atbb "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match -r -- '^'(string escape --style=regex -- "$word")'.*')
            string match -q -- '-*' "$word"; or set suggestions (string match -v -r -- '^[-/]' $suggestions)
            if set -q suggestions[1]
                printf '%s\n' $suggestions
            else
                __fish_complete_path "$word"
            end
        end
        complete -c atbb -f -a '(__atbb_complete)'
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

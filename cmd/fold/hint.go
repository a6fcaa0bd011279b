package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fold.example/fold"
)

// hints maps each need of a library error to a function that renders advice with flags and
// commands.
var hints = map[fold.Need]func(d *fold.Detail) string{
	fold.NeedKey:       text("make one: fold setup --help"),
	fold.NeedKeyPoints: func(d *fold.Detail) string { return fmt.Sprintf("a key of 2^%d points is needed", d.N) },
	fold.NeedModel: func(*fold.Detail) string {
		return fmt.Sprintf("the embedded models are %v", fold.EmbeddedModels())
	},
	fold.NeedImport:     path("import it first: fold model import %s -o DIR"),
	fold.NeedTokenizer:  text("name its file with --tokenizer"),
	fold.NeedCommitment: path("fold commit -m %s -k KEY"),
	fold.NeedPublicCommitment: func(d *fold.Detail) string {
		return filepath.Base(d.Path) + " is public: ask the model's owner for it; " +
			"without -m tokens are shown by their ids"
	},
	fold.NeedSameTokenizer: path("put that tokenizer back; " +
		"or fold commit -m %s -k KEY gives the model another model id"),
	fold.NeedSameWeights: text("the commitment is of other weights: " +
		"remove weights.seed and commitment.bin and commit again"),
	fold.NeedOwnSeed:     text("remove it if no proof needs it; the model id will be another"),
	fold.NeedSeedRemoved: text("remove it if no proof needs it"),
	fold.NeedShorterRun:  func(d *fold.Detail) string { return fmt.Sprintf("at most -n %d fits", d.N) },
	fold.NeedSmallerSteps: func(d *fold.Detail) string {
		return fmt.Sprintf("smaller steps take less: --pass %d, --blocks 1", d.N)
	},
	fold.NeedRepeat:            text("the same command goes on"),
	fold.NeedFinish:            path("finish it with: fold resume -s %s"),
	fold.NeedOwnStore:          path("fold resume -s %s goes on with it"),
	fold.NeedOtherVersion:      text("prove it again, or use the program that it was proven with"),
	fold.NeedSettlementRemoved: text("remove it: the settlement then begins anew"),
	fold.NeedSettlementAnew:    path("remove %s and try again"),
	fold.NeedVerifierKey:       text("name the verification key: --vk FILE"),
	fold.NeedVoucher: text("--key FILE, the commitment key, computes it; --vk-digest DIGEST is for who was told the " +
		"digest by somebody they trust"),
	fold.NeedDevelopmentKey: text("--allow-dev-key accepts it, for a trial"),
	fold.NeedTextModel:      text("-m MODEL; or --prompt-ids and --output-ids name the tokens themselves"),
	fold.NeedStoreKey:       func(d *fold.Detail) string { return "--key FILE, the key of id " + d.Path },
	fold.NeedStoreModel:     func(d *fold.Detail) string { return "--model MODEL, the model of id " + d.Path },
}

func text(s string) func(*fold.Detail) string { return func(*fold.Detail) string { return s } }

// path returns a function that formats the detail's path, quoted for a shell, into a
// command.
func path(format string) func(*fold.Detail) string {
	return func(d *fold.Detail) string { return fmt.Sprintf(format, shellQuote(d.Path)) }
}

// advised is an error for which the command has more specific advice than hints.
type advised struct {
	error
	hint string
}

func (a advised) Unwrap() error { return a.error }

// hintOf returns the advice for an error, or "".
func hintOf(err error) string {
	if a := (advised{}); errors.As(err, &a) {
		return a.hint
	}
	if stopped := (*fold.Stopped)(nil); errors.As(err, &stopped) {
		return "go on with: " + resumeCommand(stopped.Store)
	}
	if d := fold.DetailOf(err); d != nil && hints[d.Need] != nil {
		return hints[d.Need](d)
	}
	return ""
}

// resumeCommand returns the command that resumes a run.
func resumeCommand(store string) string { return "fold resume -s " + shellQuote(store) }

// compressCommand returns the command that makes a proof, or continues an interrupted one.
func compressCommand(store string, o *fold.CompressOptions) string {
	words := []string{"fold", "compress", "-s", store, "-o", o.Out}
	if o.Mode != fold.ShowAll {
		words = append(words, "--mode", o.Mode.String())
	}
	for _, f := range [][2]string{{"--label", o.Label}, {"-m", o.Model}, {"-k", o.Key}} {
		if f[1] != "" {
			words = append(words, f[0], f[1])
		}
	}
	for i := range words {
		words[i] = shellQuote(words[i])
	}
	return strings.Join(words, " ")
}

// shellQuote quotes a word for a shell.
func shellQuote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("/._-+=:,@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

package fold

import (
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/model"
)

// RunOptions say what Model.Run generates.
type RunOptions = model.RunOptions

// RunSummary says what was generated.
type RunSummary = model.RunSummary

// maxText bounds the size of a text file in bytes.
const maxText = 64 << 20

// ReadText reads a text file of at most 64 MiB: a prompt, or what a model is calibrated
// or measured on. The error wraps ErrFormat if the file is larger or no regular file.
func ReadText(path string) (string, error) {
	data, err := files.Read(path, maxText)
	return string(data), err
}

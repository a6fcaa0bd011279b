//go:build ignore

// Command gen writes package grumpkin, the copy of package msm for Grumpkin.
package main

import (
	"log"
	"os"
	"path/filepath"

	"fold.example/fold/internal/commit/msm/twin"
)

func main() {
	files, err := twin.Files(".")
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join("grumpkin", name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// Checks a .tlog-proof with the packages that the Go project wrote for its own checksum database: golang.org/x/mod/sumdb.
//
//	verify KEY PROOF                   the signature of the checkpoint, and that it holds the enclosed entry
//	verify KEY PROOF OLD ADVANCE       also that the checkpoint in OLD is the beginning of the one in ADVANCE
//
// KEY, PROOF, OLD and ADVANCE are files: the log's verifier key; the proof; a checkpoint as the log publishes it; the
// unsigned head with its proof, as /log/sha256/advance gives it. Ends with 0 if all of it holds, and with 3 if not.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	var err error
	switch len(os.Args) {
	case 3:
		err = included(os.Args[1], os.Args[2])
	case 5:
		if err = included(os.Args[1], os.Args[2]); err == nil {
			err = grown(os.Args[1], os.Args[3], os.Args[4])
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: verify KEY PROOF [OLD ADVANCE]")
		os.Exit(2)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
}

// included checks the signature of a proof's checkpoint, and the way to it from the entry.
func included(keyFile, proofFile string) error {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return errors.New("not a proof")
	}
	tree, err := opened(keyFile, signed)
	if err != nil {
		return err
	}
	lines := strings.Split(string(head), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof that encloses its entry")
	}
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	var enclosed struct{ Entry string }
	if err := json.Unmarshal(extra, &enclosed); err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(lines[3:])
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash([]byte(enclosed.Entry))
	return tlog.CheckRecord(tlog.RecordProof(path), tree.N, tree.Hash, index, leaf)
}

// grown checks that the log was only added to since a checkpoint: tlog-witness calls this text "add-checkpoint".
func grown(keyFile, oldFile, advanceFile string) error {
	signed, err := os.ReadFile(oldFile)
	if err != nil {
		return err
	}
	old, err := opened(keyFile, signed)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(advanceFile)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	if !found {
		return errors.New("no checkpoint follows the proof")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != fmt.Sprintf("old %d", old.N) {
		return errors.New("the proof is not from the old checkpoint")
	}
	path, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	now, err := parsed(checkpoint)
	if err != nil {
		return err
	}
	return tlog.CheckTree(tlog.TreeProof(path), now.N, now.Hash, old.N, old.Hash)
}

// opened is what a checkpoint says, if the key signed it. Signatures of other keys are passed over.
func opened(keyFile string, signed []byte) (tlog.Tree, error) {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	if !strings.HasPrefix(opened.Text, verifier.Name()+"\n") {
		return tlog.Tree{}, errors.New("the checkpoint is of another log")
	}
	return parsed(opened.Text)
}

// parsed reads origin, size and root. tlog.ParseTree takes the checkpoints of the checksum database alone.
func parsed(checkpoint string) (tlog.Tree, error) {
	lines := strings.Split(checkpoint, "\n")
	if len(lines) < 3 {
		return tlog.Tree{}, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		all = append(all, hash)
	}
	return all, nil
}

// Measures KenLM's probing model by word id, for bench_kenlm.py:
//
//   kenlm_query MODEL TEXT
//
// TEXT has one sentence a line. One JSON line goes to standard output.
#include "lm/model.hh"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {
double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double Median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}
}  // namespace

int main(int argc, char *argv[]) {
  if (argc != 3) return 2;
  lm::ngram::Config config;
  config.load_method = util::POPULATE_OR_READ;
  double begin = Seconds();
  lm::ngram::ProbingModel model(argv[1], config);
  double load = Seconds() - begin;

  std::vector<std::vector<lm::WordIndex> > sentences;
  std::ifstream in(argv[2]);
  std::string line, word;
  long words = 0;
  while (std::getline(in, line)) {
    std::vector<lm::WordIndex> ids;
    std::istringstream split(line);
    while (split >> word) ids.push_back(model.GetVocabulary().Index(word));
    ids.push_back(model.GetVocabulary().EndSentence());
    words += ids.size();
    sentences.push_back(ids);
  }

  double total = 0;
  std::vector<double> speed;
  for (int rep = 0; rep < 7; ++rep) {
    total = 0;
    begin = Seconds();
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      lm::ngram::State state(model.BeginSentenceState()), next;
      for (std::size_t j = 0; j < sentences[i].size(); ++j) {
        total += model.FullScore(state, sentences[i][j], next).prob;
        state = next;
      }
    }
    speed.push_back(words / (Seconds() - begin));
  }

  // A whole distribution: one query a word, after some contexts of the text.
  const lm::WordIndex bound = model.GetVocabulary().Bound();
  std::vector<double> each;
  double mass = 0;
  for (int rep = 0; rep < 40; ++rep) {
    const std::vector<lm::WordIndex> &s = sentences[rep * (sentences.size() / 40)];
    lm::ngram::State state(model.BeginSentenceState()), next;
    for (std::size_t j = 0; j + 1 < s.size(); ++j) {
      model.FullScore(state, s[j], next);
      state = next;
    }
    begin = Seconds();
    for (lm::WordIndex w = 0; w < bound; ++w) mass += model.FullScore(state, w, next).prob;
    each.push_back(Seconds() - begin);
  }

  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  std::printf("{\"load_s\": %.4f, \"words\": %ld, \"log10_per_word\": %.6f, \"words_per_s\": %.0f, \"distribution_s\": %.7f, \"vocab\": %u, \"rss_mb\": %.1f, \"check\": %.1f}\n",
              load, words, total / words, Median(speed), Median(each), bound, use.ru_maxrss / 1024.0, mass);
}

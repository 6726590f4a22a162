// Where the parts of a vectorBlock are.
#define UNIT   96
#define TOTAL  100
#define HALVES 104
#define MINUS  112
#define HALVED 124

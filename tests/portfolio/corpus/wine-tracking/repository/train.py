import matplotlib.pyplot as plt
import mlflow
import optuna
import shap
import xgboost as xgb
from sklearn.datasets import load_wine
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)


def objective(trial):
    params = {"max_depth": trial.suggest_int("max_depth", 2, 8), "eta": trial.suggest_float("eta", 0.01, 0.3, log=True)}
    with mlflow.start_run(nested=True):
        model = xgb.XGBClassifier(**params).fit(X_train, y_train)
        score = f1_score(y_val, model.predict(X_val), average="macro")
        mlflow.log_params(params)
        mlflow.log_metric("f1", score)
    return score


if __name__ == "__main__":
    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=20)
    best = xgb.XGBClassifier(**study.best_params).fit(X_train, y_train)
    values = shap.TreeExplainer(best).shap_values(X_val)
    for place, name in enumerate(["first", "second", "third"]):
        shap.summary_plot(values[place], X_val, show=False)
        plt.savefig(f"{name}.png")
    if study.best_value < 0.9:
        print("Not good enough to release.")
